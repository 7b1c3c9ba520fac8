"""A real chat model behind a real server, as a program: SmolLM2 by `transformers serve`, on a free port that it prints.

One address is ours: /steps says how many tokens the model has computed, by which a test sees that it has stopped.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # threads that wait in a loop are slow where others work too

import socket

import uvicorn
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.cli.serving.chat_completion import ChatCompletionHandler
from transformers.cli.serving.model_manager import ModelManager, TimedModel
from transformers.cli.serving.server import build_server
from transformers.cli.serving.utils import GenerationState
from transformers.utils.logging import disable_progress_bar

from qa.prose.local import packaged

NAME = "SmolLM2"


def serve() -> None:
    """Serve the packaged model until the process ends."""
    disable_progress_bar()
    file = packaged()
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    model = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype="float32")
    computed: list[None] = []
    model.register_forward_hook(lambda *_: computed.append(None))
    # By hand: the command itself looks for the architecture of a GGUF file where there is none (transformers 5.23).
    manager = ModelManager(device="cpu")
    manager.loaded_models[manager.process_model_name(NAME)] = TimedModel(model, timeout_seconds=-1, processor=tokenizer)
    state = GenerationState()
    app = build_server(manager, ChatCompletionHandler(manager, state), None, None, None, None, state)
    app.get("/steps")(lambda: len(computed))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([listener])


if __name__ == "__main__":
    serve()
