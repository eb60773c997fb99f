"""The C++ client against Debian's botocore: equal bytes for equal parameters (SigV4 included, time fixed), equal values from equal answers.

Requests are generated from botocore's models with a fixed seed, spread over the five protocols. Run twice: with botocore's own models compiled,
where every byte must be equal, and with the models that Setpoint ships, which are newer; there a difference must be one of the model's.
Exit: 0 equal, 1 not, 77 no botocore.
"""
import argparse
import base64
import datetime
import json
import os
import random
import subprocess
import sys

os.environ["BOTO_DISABLE_CRT"] = "true"  # the signer in Python: its clock can be held still

try:
    import botocore
    import botocore.auth
    import botocore.handlers
    import botocore.session
    from botocore.awsrequest import AWSResponse
    from botocore.config import Config
except ImportError:
    print("needs python3-botocore")
    sys.exit(77)

NOW = datetime.datetime(2026, 1, 1)
WANTED = {"json": 700, "rest-json": 700, "query": 500, "ec2": 400, "rest-xml": 300}
# botocore changes parameters of these on its own (checksums of trees, presigned URLs, other hosts, streams of events).
SKIPPED_SERVICES = {"glacier", "cloudsearchdomain", "machinelearning", "importexport", "sdb", "apigatewaymanagementapi", "iot-data", "mturk",
                    "s3outposts", "codecatalyst", "timestream-query", "timestream-write", "kinesisvideo",
                    "globalaccelerator", "networkmanager"}  # the last two: Setpoint signs for their one region whatever region is asked for
# GetBucketNotification is deprecated and has two members of one wire name. botocore asks for url encoding of names in listings and decodes it again; it reads GetBucketLocation outside of its parser.
SKIPPED_OPERATIONS = {("s3", "GetBucketNotification"), ("s3", "ListObjects"), ("s3", "ListObjectsV2"), ("s3", "ListObjectVersions"), ("s3", "ListMultipartUploads"),
                      ("s3", "GetBucketLocation"), ("s3control", "CreateBucket"), ("s3control", "ListRegionalBuckets")}
SKIPPED_MEMBERS = {"SourceRegion", "PreSignedUrl", "PresignedUrl", "SSECustomerKey", "CopySourceSSECustomerKey", "ChecksumAlgorithm", "ChecksumCRC32",
                   "ChecksumCRC32C", "ChecksumSHA1", "ChecksumSHA256", "ContentMD5", "UserData", "EncodingType", "ContentLength", "CopySource"}
WORDS = ["a", "b c", "x/y", "ü€", "0.0.0.0/0", "q&a=<1>", "100%", "~._-", "+plus", 'quo"te', "arn:aws:iam::111122223333:role/r", "tab\there"]


class FixedClock(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return NOW


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def structure(self, shape, depth, stack=()):
        # botocore would fill tokens with chance of its own.
        idempotent = {n for n, m in shape.members.items() if m.metadata.get("idempotencyToken")}
        names = [n for n in shape.members if n in shape.required_members or n in idempotent or (depth < 4 and self.random.random() < 0.4)]
        if getattr(shape, "is_tagged_union", False) and shape.members:
            names = [self.random.choice(sorted(shape.members))]
        both = [(n, self.value(n, shape.members[n], depth + 1, stack + (shape.name,))) for n in sorted(names) if n not in SKIPPED_MEMBERS]
        both = [(n, v) for n, v in both if v is not None]
        return {n: v[0] for n, v in both}, {n: v[1] for n, v in both}

    def value(self, name, shape, depth, stack):
        """Returns (for botocore, for the probe), or None."""
        r = self.random
        kind = shape.type_name
        location = shape.serialization.get("location")
        if kind == "structure":
            if depth > 7 or stack.count(shape.name) > 1 or getattr(shape, "is_document_type", False):
                return None
            if shape.serialization.get("eventstream"):
                return None
            return self.structure(shape, depth, stack)
        if kind == "list":
            items = [self.value(name, shape.member, depth + 1, stack) for _ in range(r.randint(1 if location else 0, 3))]
            items = [i for i in items if i is not None]
            return [i[0] for i in items], [i[1] for i in items]
        if kind == "map":
            keys = sorted({r.choice(["k1", "Key", "x-y"]) for _ in range(2)})
            values = [(k, self.value(name, shape.value, depth + 1, stack)) for k in keys]
            return {k: v[0] for k, v in values if v}, {k: v[1] for k, v in values if v}
        if location == "statusCode":
            return (200,) * 2
        if kind == "boolean" and location == "header":
            return None  # botocore writes Python's "True", which is not the protocol's
        if kind == "boolean":
            return (r.random() < 0.5,) * 2
        if kind in ("integer", "long"):
            return (r.choice([0, 1, 22, 65535, 1000000]),) * 2
        if kind in ("float", "double"):
            return (r.choice([0.5, 1.0, 99.95, 12345.678, 1e-05]),) * 2
        if kind == "timestamp":
            t = datetime.datetime(2026, 1, r.randint(1, 28), r.randint(0, 23), 5, 7, tzinfo=datetime.timezone.utc)
            return t, t.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        if kind == "blob":
            raw = r.choice([b"", b"hello", bytes(range(40))])
            return raw, base64.b64encode(raw).decode()
        if name == "Bucket":
            return ("my-bucket",) * 2
        if name in ("AccountId", "accountId") or shape.serialization.get("hostLabel"):
            return ("111122223333",) * 2
        if getattr(shape, "enum", None):
            return (r.choice(shape.enum),) * 2
        if location in ("header", "headers"):
            if shape.serialization.get("jsonvalue"):
                return None
            return (r.choice(["plain", "two words", "a=b;c"]),) * 2
        return (r.choice(WORDS if location != "uri" else WORDS[:9]),) * 2


class Probe:
    def __init__(self, program, models):
        self.process = subprocess.Popen([program, models], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Captured(Exception):
    pass


class Peer:
    def __init__(self):
        botocore.auth.datetime = type("Fixed", (), {"datetime": FixedClock, "timedelta": datetime.timedelta})
        self.session = botocore.session.Session()
        self.session.set_credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "TOKEN/+=")
        self.clients = {}
        self.request = None

    def client(self, service):
        if service not in self.clients:
            config = Config(inject_host_prefix=False, parameter_validation=False, retries={"max_attempts": 0}, s3={"addressing_style": "path"})
            client = self.session.create_client(service, region_name="us-east-1", endpoint_url="http://127.0.0.1:1", config=config)
            client.meta.events.unregister("request-created", botocore.handlers.add_retry_headers)
            client.meta.events.register("before-send", self.capture)
            self.clients[service] = client
        return self.clients[service]

    def capture(self, request, **_):
        self.request = request
        raise Captured()

    def encode(self, service, operation, parameters):
        client = self.client(service)
        self.request = None
        try:
            client._make_api_call(operation, parameters)
        except Captured:
            pass
        request = self.request
        body = request.body
        if hasattr(body, "read"):
            body = body.read()
        body = body.encode() if isinstance(body, str) else body or b""
        headers = {k: v.decode() if isinstance(v, bytes) else v for k, v in request.headers.items()}
        return {"method": request.method, "host": request.url.split("/", 3)[2], "url": "/" + request.url.split("/", 3)[3], "headers": headers, "body": bytes(body)}


def differences(ours, theirs):
    """What a server could tell apart. User-Agent and what HTTP itself adds are not part of it."""
    if "error" in ours:
        return ["error: " + ours["error"]]
    found = []
    for part in ("method", "url"):
        if ours[part] != theirs[part]:
            found.append(f"{part}: {ours[part]} | {theirs[part]}")
    body = base64.b64decode(ours["body"])
    if body != theirs["body"]:
        found.append(f"body: {body[:300]} | {theirs['body'][:300]}")
    ignored = {"user-agent", "content-length", "expect", "accept-encoding", "host"}
    mine = {k.lower(): v for k, v in ours["headers"].items() if k.lower() not in ignored}
    peers = {k.lower(): v for k, v in theirs["headers"].items() if k.lower() not in ignored}
    for name in sorted(set(mine) | set(peers)):
        if mine.get(name) != peers.get(name):
            found.append(f"header {name}: {mine.get(name)} | {peers.get(name)}")
    return found


def cases(peer, seed):
    """(service, operation, parameters for botocore, for the probe), spread over protocols and services."""
    by_protocol = {}
    for service in peer.session.get_available_services():
        if service in SKIPPED_SERVICES:
            continue
        model = peer.session.get_service_model(service)
        protocol = model.metadata["protocol"]
        if model.metadata.get("signatureVersion") not in ("v4", "s3v4", "s3"):
            continue
        for operation in model.operation_names:
            by_protocol.setdefault(protocol, []).append((service, operation, model))
    generator = Generator(seed)
    for protocol, count in WANTED.items():
        pool = sorted(by_protocol[protocol], key=lambda c: (c[0], c[1]))
        done = 0
        while done < count:
            service, operation, model = generator.random.choice(pool)
            operation_model = model.operation_model(operation)
            shape = operation_model.input_shape
            if (service, operation) in SKIPPED_OPERATIONS or operation_model.has_event_stream_input or operation_model.auth_type not in (None, "v4"):
                continue
            theirs, ours = generator.structure(shape, 0) if shape else ({}, {})
            done += 1
            yield protocol, service, operation, theirs, ours


def compare_requests(peer, probe, seed, show, allow_gone=False):
    counts, bad = {}, {}
    for protocol, service, operation, theirs, ours in cases(peer, seed):
        try:
            expected = peer.encode(service, operation, theirs)
        except Exception as problem:  # botocore refuses some of what chance makes
            counts.setdefault(protocol, [0, 0, 0])[2] += 1
            if show:
                print("  botocore refused", service, operation, type(problem).__name__, str(problem)[:100])
            continue
        reply = probe.ask(do="encode", service=service, operation=operation, parameters=ours, host=expected["host"])
        if allow_gone and ("no AWS service" in reply.get("error", "") or "no operation" in reply.get("error", "")):
            continue  # AWS has ended it since
        found = differences(reply, expected)
        row = counts.setdefault(protocol, [0, 0, 0])
        row[0] += 1
        if found:
            row[1] += 1
            bad.setdefault(f"{service} {operation}", found)
    return counts, bad


def normal(value):
    """botocore's values in Setpoint's form."""
    if isinstance(value, dict):
        return {k: normal(v) for k, v in value.items() if k != "ResponseMetadata"}
    if isinstance(value, list):
        return [normal(v) for v in value]
    if isinstance(value, datetime.datetime):
        utc = value.astimezone(datetime.timezone.utc)
        return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return value


def compare_responses(peer, probe, seed, show):
    import botocore.parsers
    generator = Generator(seed)
    counts, bad = {}, {}
    for protocol, service, operation, _, _ in cases(peer, seed):
        model = peer.session.get_service_model(service).operation_model(operation)
        shape = model.output_shape
        if shape is None or model.has_event_stream_output or model.has_streaming_output:
            continue
        _, output = generator.structure(shape, 0)
        answer = probe.ask(do="answer", service=service, operation=operation, output=output)
        raw = base64.b64decode(answer["body"])
        decoded = probe.ask(do="decode", service=service, operation=operation, status=answer["status"], headers=answer["headers"], body=answer["body"])
        parser = botocore.parsers.create_parser(protocol)
        headers = botocore.awsrequest.HeadersDict(answer["headers"])
        row = counts.setdefault(protocol, [0, 0, 0])
        try:
            theirs = normal(parser.parse({"status_code": answer["status"], "headers": headers, "body": raw}, shape))
        except Exception as problem:
            row[2] += 1
            if show:
                print("  botocore cannot parse", service, operation, type(problem).__name__, str(problem)[:200])
            continue
        row[0] += 1
        mine = decoded.get("output", decoded)
        if '"<Element' in json.dumps(theirs, default=str):
            row[0], row[2] = row[0] - 1, row[2] + 1  # a slip of botocore's parser with empty unions
        elif mine != theirs:
            row[1] += 1
            keys = [k for k in sorted(set(mine) | set(theirs)) if mine.get(k) != theirs.get(k)]
            bad.setdefault(f"{service} {operation}", [f"{k}: {json.dumps(mine.get(k))[:300]} | {json.dumps(theirs.get(k))[:300]}" for k in keys[:2]])
    return counts, bad


def report(title, counts, bad, show):
    total = sum(row[0] for row in counts.values())
    wrong = sum(row[1] for row in counts.values())
    print(f"{title}: {total} compared, {wrong} differ; by protocol (compared, differing, refused by botocore): {counts}")
    for name, found in sorted(bad.items())[:show]:
        print("  ", name, *found[:3], sep="\n      ")
    return total, wrong


def main():
    parser = argparse.ArgumentParser()
    for name in ("probe", "compiler", "models", "work"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--show", type=int, default=15)
    options = parser.parse_args()
    own = os.path.join(options.work, "botocore-models.bin")
    subprocess.run([options.compiler, botocore.__path__[0] + "/data", "botocore " + botocore.__version__, own], check=True, stdout=subprocess.DEVNULL)
    peer = Peer()
    probe = Probe(options.probe, own)
    requests, requests_wrong = report("requests, botocore's models", *compare_requests(peer, probe, options.seed, options.show > 50), options.show)
    responses, responses_wrong = report("responses, botocore's models", *compare_responses(peer, probe, options.seed + 1, options.show > 50), options.show)
    shipped = Probe(options.probe, options.models)
    newer, newer_wrong = report("requests, shipped models", *compare_requests(peer, shipped, options.seed, False, allow_gone=True), options.show)
    fine = requests >= 2000 and requests_wrong == 0 and responses >= 1000 and responses_wrong == 0 and newer_wrong <= newer * 0.02
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
