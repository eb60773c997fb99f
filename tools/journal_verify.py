#!/usr/bin/env python3
"""Verifies a Setpoint journal, independently of Setpoint: written from docs/journal-format.md alone, standard library only.

    journal_verify.py journal.txt
    journal_verify.py setpoint.db --checkpoint checkpoint.json --public-key journal.pub

Reads an export or the SQLite file itself. Prints one JSON object; exits with 0 (all of it checked), 1 (a fault, named by entry)
or 2 (the input could not be read).
"""
import argparse
import base64
import hashlib
import json
import re
import sqlite3
import sys
from datetime import datetime

ENTRY_BYTES_MAX = 4 << 20
LINE_BYTES_MAX = ENTRY_BYTES_MAX + 65
DEPTH_MAX = 256
CHECKPOINT_BYTES_MAX = 4096
MEMBERS = {"seq", "time", "kind", "actor", "subject", "body", "prev"}
HEX64 = re.compile(r"[0-9a-f]{64}\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z", re.ASCII)
ZEROS = "0" * 64


class Fault(Exception):
    def __init__(self, seq, code, text):
        super().__init__(text)
        self.seq, self.code, self.text = seq, code, text


# --- Ed25519, RFC 8032 section 5.1 -----------------------------------------------------------------------------------
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_mul(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P != 0 or (x == 0 and sign):
        return None
    return P - x if (x & 1) != sign else x


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_verify(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = decompress(public_key), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    left, right = point_mul(s, BASE), point_add(r, point_mul(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- entries ---------------------------------------------------------------------------------------------------------
def refuse_constant(name):
    raise ValueError(name + " is not JSON")


def whole_number(text):
    value = int(text) if len(text) <= 20 else 2**64
    if not -(2**63) <= value < 2**64:
        raise ValueError("a number beyond 64 bits")
    return value


def real_number(text):
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number beyond a double")
    return value


def check_value(value, depth):
    """Depth and lone surrogates, which Python's reader lets pass."""
    if isinstance(value, str):
        value.encode("utf-8")
    elif isinstance(value, (dict, list)):
        if depth >= DEPTH_MAX:
            raise ValueError("nested deeper than %d levels" % DEPTH_MAX)
        if isinstance(value, dict):
            "".join(value).encode("utf-8")
        for item in value.values() if isinstance(value, dict) else value:
            check_value(item, depth + 1)


def parse_entry(data):
    if len(data) > ENTRY_BYTES_MAX:
        raise ValueError("larger than %d bytes" % ENTRY_BYTES_MAX)
    entry = json.loads(data.decode("utf-8"), parse_constant=refuse_constant, parse_int=whole_number, parse_float=real_number)
    check_value(entry, 0)
    if not isinstance(entry, dict) or set(entry) != MEMBERS:
        raise ValueError("not exactly the seven members")
    for name in ("time", "kind", "actor", "subject", "prev"):
        if not isinstance(entry[name], str):
            raise ValueError("'%s' is not text" % name)
    if type(entry["seq"]) is not int or entry["seq"] < 0:
        raise ValueError("'seq' is not a whole number")
    if not HEX64.match(entry["prev"]):
        raise ValueError("'prev' is not 64 hexadecimal digits")
    check_time(entry["time"])
    return entry


def check_time(text):
    if not TIME.match(text):
        raise ValueError("'time' is not like 2026-01-31T23:59:59.000Z")
    datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")


class Chain:
    def __init__(self, checkpoint):
        self.checkpoint, self.entries, self.head = checkpoint, 0, ZEROS

    def feed(self, stored_hash, data):
        n = self.entries + 1
        if hashlib.sha256(data).hexdigest() != stored_hash:
            raise Fault(n, "hash-mismatch", "the bytes do not have the hash that stands beside them")
        try:
            entry = parse_entry(data)
        except (ValueError, RecursionError) as error:
            raise Fault(n, "malformed-entry", str(error))
        if entry["seq"] != n:
            raise Fault(n, "sequence", "entry %d stands where entry %d must be" % (entry["seq"], n))
        if entry["prev"] != self.head:
            raise Fault(n, "chain", "'prev' is not the hash of entry %d" % (n - 1))
        if self.checkpoint and self.checkpoint["seq"] == n and self.checkpoint["hash"] != stored_hash:
            raise Fault(n, "checkpoint-mismatch", "the hash is not the one that the checkpoint was signed for")
        self.entries, self.head = n, stored_hash

    def finish(self):
        if self.checkpoint and self.checkpoint["seq"] > self.entries:
            raise Fault(self.entries + 1, "truncated", "the checkpoint was signed at entry %d" % self.checkpoint["seq"])


def feed_export(chain, path):
    with open(path, "rb") as file:
        while True:
            line = file.readline(LINE_BYTES_MAX + 1)
            if not line:
                return
            n = chain.entries + 1
            if not line.endswith(b"\n"):
                raise Fault(n, "malformed-line", "the line has no end, or is too long")
            digits = line[:64].decode("latin-1")
            if not HEX64.match(digits) or line[64:65] != b" ":
                raise Fault(n, "malformed-line", "the line is not 64 hexadecimal digits, a space and an entry")
            chain.feed(digits, line[65:-1])


def feed_sqlite(chain, path):
    escaped = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    database = sqlite3.connect("file:%s?mode=ro" % escaped, uri=True)
    rows = database.execute("SELECT seq, CAST(hash AS BLOB), CAST(entry AS BLOB) FROM journal ORDER BY seq")
    for seq, stored_hash, data in rows:
        n = chain.entries + 1
        if seq != n:
            raise Fault(n, "sequence", "row %d stands where row %d must be" % (seq, n))
        stored_hash = stored_hash or b""
        chain.feed(stored_hash.hex() if len(stored_hash) == 32 else ZEROS, data or b"")


# --- checkpoint ------------------------------------------------------------------------------------------------------
def read_public_key(path):
    with open(path, encoding="ascii") as file:
        text = file.read(CHECKPOINT_BYTES_MAX).strip()
    if not text.startswith("-----BEGIN PUBLIC KEY-----"):
        return bytes.fromhex(text)
    der = base64.b64decode("".join(text.splitlines()[1:-1]))
    if len(der) != 44 or der[:12].hex() != "302a300506032b6570032100":
        raise ValueError("not an Ed25519 public key")
    return der[12:]


def read_checkpoint(path, public_key_path):
    with open(path, "rb") as file:
        text = file.read(CHECKPOINT_BYTES_MAX + 1)
    if len(text) > CHECKPOINT_BYTES_MAX:
        raise ValueError("the checkpoint is larger than %d bytes" % CHECKPOINT_BYTES_MAX)
    outer = json.loads(text.decode("utf-8"))
    checkpoint = outer["checkpoint"]
    if type(checkpoint["seq"]) is not int or not HEX64.match(checkpoint["hash"]) or not TIME.match(checkpoint["time"]):
        raise ValueError("not a checkpoint")
    public_key = read_public_key(public_key_path) if public_key_path else bytes.fromhex(outer["key"])
    message = 'setpoint-journal-checkpoint-v1\n{"hash":"%s","seq":%d,"time":"%s"}' % (
        checkpoint["hash"], checkpoint["seq"], checkpoint["time"])
    if not ed25519_verify(public_key, message.encode("ascii"), bytes.fromhex(outer["signature"])):
        raise Fault(checkpoint["seq"], "checkpoint-signature", "the checkpoint is not signed by this key")
    return checkpoint


def is_sqlite(path):
    with open(path, "rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def verify(options):
    chain = Chain(None)
    try:
        if options.checkpoint:
            chain.checkpoint = read_checkpoint(options.checkpoint, options.public_key)
        (feed_sqlite if is_sqlite(options.journal) else feed_export)(chain, options.journal)
        chain.finish()
        fault = None
    except Fault as found:
        fault = {"seq": found.seq, "code": found.code, "text": found.text}
    report = {"ok": fault is None, "entries": chain.entries, "head": chain.head}
    if fault:
        report["fault"] = fault
    if options.checkpoint and not options.public_key:
        report["note"] = "the checkpoint was checked with the key that came with it: give --public-key to know who signed it"
    return report


def main():
    parser = argparse.ArgumentParser(description="Verify a Setpoint journal (docs/journal-format.md).")
    parser.add_argument("journal", help="an export, or the SQLite file")
    parser.add_argument("--checkpoint", help="a signed checkpoint, kept elsewhere")
    parser.add_argument("--public-key", help="the key that the checkpoint must be signed by: PEM, or 64 hexadecimal digits")
    options = parser.parse_args()
    try:
        report = verify(options)
    except (OSError, ValueError, KeyError, TypeError, sqlite3.Error) as error:
        print("journal_verify: cannot read the input: %s" % error, file=sys.stderr)
        return 2
    print(json.dumps(report))
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
