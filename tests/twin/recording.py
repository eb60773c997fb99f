"""Raw answers of the twin, for tests/aws/compare_recorded.py: with TWIN_RECORD set, each that a client gets is a JSON line there."""
import base64
import json
import os


def attach_left_out(seen, client):
    """Adds what each answer says that it leaves out of account."""

    def note(http_response, **_):
        seen.update(filter(None, http_response.headers.get("x-setpoint-unmodelled", "").split(", ")))

    client.meta.events.register_last("after-call", note)
    return client


def attach(client):
    path = os.environ.get("TWIN_RECORD")
    if not path:
        return client

    def record(http_response, model, **_):
        if model.has_streaming_output or model.has_event_stream_output:
            return
        line = {"service": model.service_model.service_name, "operation": model.name, "status": http_response.status_code,
                "headers": dict(http_response.headers), "body": base64.b64encode(http_response.content).decode()}
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    client.meta.events.register_last("after-call", record)
    return client
