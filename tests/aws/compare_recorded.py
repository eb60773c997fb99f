"""What the twin answered to unmodified clients, read by our client and by botocore: both must read the same.

Runs the clients' tests of tests/twin with their answers recorded as raw bytes, then hands each distinct answer to both parsers:
botocore's own, and the C++ client's through aws_wire_probe (on botocore's models, so that both know the same shapes).
"""
import argparse
import base64
import json
import os
import subprocess
import sys

import botocore
import botocore.awsrequest
import botocore.parsers
import botocore.session

from compare_with_botocore import Probe, normal

TWIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "twin")


def record(path):
    if os.path.exists(path):
        os.remove(path)
    done = subprocess.run([sys.executable, "-W", "ignore", "-m", "unittest", "discover", "-s", TWIN], cwd=TWIN,
                          env={**os.environ, "TWIN_RECORD": path}, capture_output=True, text=True)
    print("\n".join(done.stderr.splitlines()[-3:]))


def distinct(path):
    seen = set()
    with open(path, encoding="utf-8") as file:
        for line in file:
            answer = json.loads(line)
            key = (answer["service"], answer["operation"], answer["status"], answer["body"])
            if key not in seen:
                seen.add(key)
                yield answer


def read_by_botocore(session, answer):
    model = session.get_service_model(answer["service"])
    operation = model.operation_model(answer["operation"])
    parser = botocore.parsers.create_parser(model.metadata["protocol"])
    parsed = parser.parse({"status_code": answer["status"], "headers": botocore.awsrequest.HeadersDict(answer["headers"]),
                           "body": base64.b64decode(answer["body"])}, operation.output_shape)
    if answer["status"] >= 300:
        return {"code": parsed["Error"]["Code"], "message": parsed["Error"].get("Message", "")}
    return normal(parsed)


def known(shape, value):
    """Without the members that botocore's older models do not have: the C++ client passes them on, botocore drops them."""
    if shape is None or value is None:
        return value
    if shape.type_name == "structure" and isinstance(value, dict):
        return {name: known(shape.members[name], item) for name, item in value.items() if name in shape.members}
    if shape.type_name == "list":
        return [known(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {name: known(shape.value, item) for name, item in value.items()}
    return value


def same(answer, shape, ours, theirs):
    name = (answer["service"], answer["operation"])
    if name == ("s3", "GetBucketLocation"):  # botocore reads it in a handler, not in its parser
        return "LocationConstraint" in ours
    if answer["status"] >= 300:
        # Where AWS gives no message, ours says the status: an error is never without words.
        return ours["code"] == theirs["code"] and theirs["message"] in (ours["message"], "Not Found", "")
    if theirs.get("Metadata") == {}:  # no such header: absent to us
        theirs = {k: v for k, v in theirs.items() if k != "Metadata"}
    return known(shape, ours) == theirs


def read_by_us(probe, answer):
    read = probe.ask(do="decode", **{k: answer[k] for k in ("service", "operation", "status", "headers", "body")})
    if answer["status"] < 300:
        return read.get("output", read)
    return {"code": read["code"], "message": read["message"]} if "code" in read else read


def main():
    parser = argparse.ArgumentParser()
    for name in ("probe", "compiler", "work"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--recorded", help="a recording made before; none is made then")
    options = parser.parse_args()
    path = options.recorded or os.path.join(options.work, "recorded.ndjson")
    if not options.recorded:
        record(path)
    models = os.path.join(options.work, "recorded-models.bin")
    subprocess.run([options.compiler, botocore.__path__[0] + "/data", "botocore " + botocore.__version__, models], check=True,
                   stdout=subprocess.DEVNULL)
    session, probe = botocore.session.Session(), Probe(options.probe, models)
    answers, operations, errors, wrong = 0, set(), 0, {}
    for answer in distinct(path):
        name = f"{answer['service']} {answer['operation']}"
        answers, errors = answers + 1, errors + (answer["status"] >= 300)
        operations.add(name)
        theirs, ours = read_by_botocore(session, answer), read_by_us(probe, answer)
        shape = session.get_service_model(answer["service"]).operation_model(answer["operation"]).output_shape
        if not same(answer, shape, ours, theirs):
            wrong.setdefault(name, (ours, theirs))
    print(f"{answers} distinct answers ({errors} of them errors) of {len(operations)} operations; {len(wrong)} operations differ")
    for name, (ours, theirs) in sorted(wrong.items()):
        print(f"  {name}\n    ours      {json.dumps(ours)[:400]}\n    botocore  {json.dumps(theirs, default=str)[:400]}")
    sys.exit(1 if wrong or len(operations) < 300 else 0)


if __name__ == "__main__":
    main()
