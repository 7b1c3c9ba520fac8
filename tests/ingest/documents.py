"""Word files, books and PDFs made by hand, honest and hostile."""

import io
import zipfile
import zlib

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml'
    '.document.main+xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Wall approved</dc:title>'
    "<dc:creator>Ilse Brandt</dc:creator><dc:language>en-GB</dc:language></cp:coreProperties>"
)
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
OPF = (
    '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>The wall</dc:title><dc:creator>Ilse Brandt</dc:creator><dc:date>2024-05-02</dc:date>"
    "<dc:language>en</dc:language></metadata><manifest>"
    '<item id="b" href="two.xhtml"/><item id="a" href="text/one%20.xhtml"/></manifest>'
    '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
)


def zipped(members):
    """A zip file of {name or ZipInfo: content}."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def paragraph(text, style=""):
    mark = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{mark}<w:r><w:t>{text}</w:t></w:r></w:p>"


def row(*cells):
    return f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in cells)}</w:tr>"


def docx(body, *, before="", core=CORE, **more):
    document = f'<?xml version="1.0"?>{before}<w:document {W}><w:body>{body}</w:body></w:document>'
    members = {"[Content_Types].xml": TYPES, "_rels/.rels": RELS, "word/document.xml": document}
    return zipped(members | ({"docProps/core.xml": core} if core else {}) | more)


def epub(one, two="", **more):
    members = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER, "OEBPS/book.opf": OPF}
    return zipped(members | {"OEBPS/text/one .xhtml": one, "OEBPS/two.xhtml": two} | more)


def pdf(pages, *, info="", content=None):
    """A PDF whose pages hold these lines of text, or these bytes of content."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", None, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        drawn = " ".join(f"({line}) Tj T*".replace("’", "'") for line in lines)
        data = content if content is not None else f"BT /F1 12 Tf 14 TL 50 750 Td {drawn} ET".encode("latin-1")
        packed = zlib.compress(data)
        stream = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream"
        objects.append(stream)
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< {info} >>")
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + (one.encode() if isinstance(one, str) else one) + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>"
    return bytes(out + f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode())
