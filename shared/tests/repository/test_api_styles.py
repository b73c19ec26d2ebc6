"""The examples in docs/api-styles.md are true: they parse, fit together, and the signature is the one that the code makes."""

import ast
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[3] / "docs/api-styles.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
SOAP = {"soap": "http://schemas.xmlsoap.org/soap/envelope/", "parcels": "http://parcels.example/"}
SECRET, MOST_LINES = b"only-we-two-know-this", 120


def webhook():
    """Return the headers and the body of the webhook."""
    head, _, body = EXAMPLES["http"].rstrip("\n").partition("\n\n")
    return dict(line.split(": ", 1) for line in head.splitlines()[1:]), body.encode()


def signing():
    """Return the functions of the example."""
    names = {}
    exec(compile(ast.parse(EXAMPLES["python"]), "docs/api-styles.md", "exec"), names)
    return names


def shape(value):
    """Return the names of the fields in a JSON value, nested as they are."""
    return {name: shape(inner) for name, inner in value.items()} if isinstance(value, dict) else {}


def test_page_is_short():
    """The page has fewer than 120 lines."""
    assert len(PAGE.splitlines()) < MOST_LINES


def test_graphql_response_has_the_shape_of_the_query():
    """The fields of the response are those of the query."""
    query = re.sub(r"\([^)]*\)", "", EXAMPLES["graphql"].removeprefix("query"))
    names = re.sub(r"(\w+)", r'"\1": {},', query).replace("{}, {", "{")
    asked = ast.literal_eval(re.sub(r"\}(?=\s*[\"}])", "},", names))

    assert shape(json.loads(EXAMPLES["json"])["data"]) == asked


def test_proto_numbers_each_field_of_a_message_once():
    """In each message the numbers differ, and every type that a call names is a message."""
    messages = dict(re.findall(r"^message (\w+) \{\n(.*?)^\}", EXAMPLES["proto"], re.MULTILINE | re.DOTALL))
    for fields in messages.values():
        numbers = re.findall(r"^  \w+ \w+ = (\d+);$", fields, re.MULTILINE)
        assert len(set(numbers)) == len(numbers) == len(fields.splitlines())
    called = re.findall(r"rpc \w+\((\w+)\) returns \((?:stream )?(\w+)\);", EXAMPLES["proto"])

    assert called
    assert {name for pair in called for name in pair} <= set(messages)


def test_soap_envelope_parses():
    """The envelope is XML, and its body has the parcel's id."""
    envelope = ET.fromstring(EXAMPLES["xml"])

    assert envelope.tag == f"{{{SOAP['soap']}}}Envelope"
    assert envelope.findtext("soap:Body/parcels:FindParcel/parcels:id", namespaces=SOAP) == "17"


def test_webhook_has_the_signature_that_the_code_makes():
    """The code accepts the request as shown, but not with another body, another secret or an hour later."""
    headers, body = webhook()
    stamp, signature, now = headers["X-Timestamp"], headers["X-Signature"], int(headers["X-Timestamp"])
    genuine = signing()["is_genuine"]

    assert json.loads(body)["parcel"] == 17
    assert genuine(SECRET, stamp, body, signature, now)
    assert not genuine(SECRET, stamp, body + b" ", signature, now)
    assert not genuine(b"another secret", stamp, body, signature, now)
    assert not genuine(SECRET, stamp, body, signature, now + 3600)
