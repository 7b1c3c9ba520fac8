"""Sends a running server whatever its OpenAPI allows and forbids: no 500, no hang, no shape that is not described.

python -m benchmarks.fuzz http://127.0.0.1:7860 --seconds 300
"""

import argparse
import time

import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

_CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
_PATIENCE = 20  # seconds for one request


def fuzz(url: str, examples: int, chance: int = 0) -> int:
    """Try every operation but the streams, which are read elsewhere.

    Args:
        url: of the server.
        examples: requests for each operation.
        chance: another number, other requests.

    Returns:
        How many operations there were.
    """
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    operations = [found.ok() for found in schema.exclude(path_regex="stream").get_all_operations()]
    for operation in operations:

        @seed(chance)
        @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def attempt(case: schemathesis.Case) -> None:
            case.validate_response(case.call(timeout=_PATIENCE), checks=_CHECKS)

        attempt()
    return len(operations)


def main() -> None:
    """Try for as long as is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--seconds", type=int, default=300)
    options = parser.parse_args()
    began, rounds, operations = time.monotonic(), 0, 0
    while time.monotonic() - began < options.seconds:
        operations = fuzz(options.url, 50, rounds)
        rounds += 1
    print(
        f"{operations} operations, {rounds} rounds of 50 requests each, {time.monotonic() - began:.0f} s: nothing broke"
    )


if __name__ == "__main__":
    main()
