"""Bad input at the twin: AWS's own error code, whatever the protocol, and the next caller is served."""
import datetime
import http.client
import json
import socket
import unittest
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from twin_case import ACCOUNT, REGION, TwinCase

KEY = ("AKIAEXAMPLEDEPLOYNEW", "wJalrXUtnFEMIexampleNewKeyOfTheDemoAccount")
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


class Raw(TwinCase):
    def answer(self, method, path, body=b"", headers=None):
        connection = http.client.HTTPConnection(self.endpoint.split("//")[1], timeout=20)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
        connection.close()
        return response.status, text + response.headers.get("x-amzn-errortype", "")

    def stream(self):
        host, port = self.endpoint.split("//")[1].split(":")
        return socket.create_connection((host, int(port)), timeout=20)

    def scope(self, service, **more):
        credential = f"{ACCOUNT}/20261121/{REGION}/{service}/aws4_request"
        return {"Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00", **more}

    def expect(self, code, answer, status=400):
        self.assertIn(code, answer[1])
        self.assertEqual(answer[0], status, answer[1])


class Malformed(Raw):
    def target(self, service, target):
        return self.scope(service, **{"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"})

    def test_xml(self):
        for body in (b"<VersioningConfiguration><Status>", b"<a></b>", b"<!DOCTYPE x [<!ENTITY y 'z'>]><VersioningConfiguration/>", b"\xff\xfe<",
                     b"<a>" * 5000):
            self.expect("MalformedXML", self.answer("PUT", "/demo-shop-assets-111122223333?versioning", body, self.scope("s3")))

    def test_json(self):
        for body in (b"{", b"[" * 5000, b'{"KeyId": "\xff"}', b'{"KeyId": 7}', b'{"KeyId": "\\ud800"}', b"[]"):
            self.expect("SerializationException", self.answer("POST", "/", body, self.target("kms", "TrentService.DescribeKey")))
        self.expect("SerializationException", self.answer("POST", "/2015-03-31/functions", b"{", self.scope("lambda")))

    def test_forms(self):
        for body in (b"Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=%ff", b"Action=DescribeVpcs&Version=2016-11-15&%fe=1"):
            self.expect("MalformedQueryString", self.answer("POST", "/", body, self.scope("ec2", **FORM)))
        self.expect("InvalidAction", self.answer("POST", "/", b"Action=Explode&Version=2016-11-15", self.scope("ec2", **FORM)))
        self.expect("UnknownOperationException", self.answer("POST", "/", b"{}", self.target("kms", "TrentService.Explode")))

    def test_bytes_in_names(self):
        for path in ("/%ff", "/demo-shop-assets-111122223333/%c3%28", "/demo-shop-assets-111122223333?prefix=%ff"):
            status, text = self.answer("GET", path, headers=self.scope("s3"))
            self.assertEqual(status // 100, 4, text)
        self.client("ec2").describe_vpcs()


class Unread(Raw):
    """Requests that the server does not read to their end: each service still answers in its own form."""
    SERVICES = {"ec2": ("<Response><Errors><Error><Code>{}</Code>", ""), "iam": ("<Error><Type>Sender</Type><Code>{}</Code>", ""), "s3": ("<Error><Code>{}</Code>", ""),
                "kms": ('"__type": "{}"', "Exception"), "lambda": ("{}", "Exception")}

    def raw(self, service, head, body=b""):
        authorization = self.scope(service)["Authorization"]
        path = "/2015-03-31/functions" if service == "lambda" else "/demo-shop-assets-111122223333/key" if service == "s3" else "/"
        more = "X-Amz-Target: TrentService.CreateKey\r\nContent-Type: application/x-amz-json-1.1\r\n" if service == "kms" else ""
        with self.stream() as stream:
            stream.sendall(f"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n{more}{head}\r\n\r\n".encode() + body)
            received = b""
            while part := stream.recv(65536):
                received += part
        head, _, text = received.decode().partition("\r\n\r\n")
        return int(head.split()[1]), text + head

    def test_a_body_that_is_too_large(self):
        for service, (form, tail) in self.SERVICES.items():
            code = "EntityTooLarge" if service == "s3" else "RequestEntityTooLarge" + tail
            for head, body in (("Content-Length: 20000000", b""), ("Content-Length: 20000000", b"x" * 3_000_000),
                               ("Transfer-Encoding: chunked", (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") * 17)):
                self.expect(form.format(code), self.raw(service, head, body), 400 if service == "s3" else 413)
        self.client("ec2").describe_vpcs()

    def test_headers_that_are_too_large(self):
        for service, (form, tail) in self.SERVICES.items():
            code = "RequestHeaderSectionTooLarge" + ("" if service == "s3" else tail)
            self.expect(form.format(code), self.raw(service, "X-Long: " + "x" * 70_000), 400 if service == "s3" else 431)
        self.client("ec2").describe_vpcs()

    def test_a_call_that_names_none(self):
        self.expect("<Code>MissingAction</Code>", self.answer("POST", "/", b"", self.scope("ec2", **FORM)))
        self.expect("<Code>MissingAction</Code>", self.answer("POST", "/", b"Version=2010-05-08", self.scope("iam", **FORM)))
        self.expect("UnknownOperationException", self.answer("POST", "/", b"{}", self.scope("kms")))

    def test_what_is_no_http(self):
        with self.stream() as stream:
            stream.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
            self.assertIn(b" 400 ", stream.recv(500))
        self.client("ec2").describe_vpcs()


class Documents(Raw):
    def test_s3_calls_its_documents_by_its_own_names(self):
        bucket = "/demo-shop-assets-111122223333"
        for path, root in (("/", "ListAllMyBucketsResult"), (bucket, "ListBucketResult"), (bucket + "?list-type=2", "ListBucketResult"),
                           (bucket + "?versions", "ListVersionsResult"), (bucket + "?acl", "AccessControlPolicy"), (bucket + "?versioning", "VersioningConfiguration")):
            status, text = self.answer("GET", path, headers=self.scope("s3"))
            self.assertIn(f"<{root} ", text, path)
            self.assertEqual(status, 200)


class OddSeed(Raw):
    """A member of a kind that its API does not know, and no default tells: the call fails, the twin goes on."""
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {"AWS::RDS::DBInstance": [{"DBInstanceIdentifier": "d", "ModifyingUntil": "soon"}]}}}})

    def test_it_is_an_error_of_the_call(self):
        answer = self.fails("InternalFailure", self.client("rds").describe_db_instances)
        self.assertIn("DescribeDBInstances", answer["Error"]["Message"])
        self.client("ec2").describe_vpcs()


class Signed(Raw):
    arguments = ("--verify-signatures",)

    def signed(self, service, method="GET", path="/", body=b"", minutes=0, headers=None):
        """As botocore signs it, by a clock that is off."""
        request = AWSRequest(method, self.endpoint + path, headers=headers or {}, data=body)
        now = datetime.datetime.utcnow() + datetime.timedelta(minutes=minutes)
        signer = (botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth)(Credentials(*KEY), service, REGION)
        with mock.patch("botocore.auth.datetime") as clock:
            clock.datetime.utcnow.return_value = now
            signer.add_auth(request)
        return self.answer(method, path, body, dict(request.headers.items()))

    def test_a_clock_that_is_off(self):
        body = b"Action=DescribeVpcs&Version=2016-11-15"
        self.assertEqual(self.signed("ec2", "POST", body=body, headers=FORM)[0], 200)
        for minutes in (-20, 20):
            self.expect("RequestExpired", self.signed("ec2", "POST", body=body, headers=FORM, minutes=minutes))
            self.expect("RequestTimeTooSkewed", self.signed("s3", minutes=minutes), 403)
            self.expect("SignatureDoesNotMatch", self.signed("iam", "POST", body=b"Action=ListUsers&Version=2010-05-08", headers=FORM, minutes=minutes), 403)
            self.expect("InvalidSignatureException", self.signed("lambda", path="/2015-03-31/functions/", minutes=minutes), 403)

    def test_a_body_that_was_changed(self):
        request = AWSRequest("POST", self.endpoint + "/", headers=FORM, data=b"Action=DescribeVpcs&Version=2016-11-15")
        botocore.auth.SigV4Auth(Credentials(*KEY), "ec2", REGION).add_auth(request)
        self.expect("AuthFailure", self.answer("POST", "/", b"Action=DescribeVpcs&Version=2016-11-15&x=1", dict(request.headers.items())), 401)

    def test_a_link_that_has_expired(self):
        s3 = self.client("s3", key=KEY[0], secret=KEY[1])
        with mock.patch("botocore.auth.datetime") as clock:
            clock.datetime.utcnow.return_value = datetime.datetime.utcnow() - datetime.timedelta(hours=2)
            link = s3.generate_presigned_url("list_buckets", ExpiresIn=60)
        if "X-Amz-Expires" in link:
            self.expect("AccessDenied", self.answer("GET", link.replace(self.endpoint, "")), 403)

    def test_authorization_that_is_none(self):
        for text in ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e/f/g",
                     "Basic dTpw", "AWS4-HMAC-SHA256 " + "x" * 20000):
            status, answer = self.answer("GET", "/", headers={"Authorization": text, "Host": "ec2.amazonaws.com"})
            self.assertEqual(status // 100, 4, answer)


class Transport(Raw):
    def test_a_cut_chunk(self):
        with self.stream() as stream:
            stream.sendall(b"PUT /b/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf")
        with self.stream() as stream:
            stream.sendall(b"PUT /b/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")
            self.assertIn(b" 400 ", stream.recv(500))
        self.client("ec2").describe_vpcs()

    def test_too_many_bytes_in_chunks(self):
        with self.stream() as stream:
            stream.sendall(b"PUT /b/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            try:
                for _ in range(20):
                    stream.sendall(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
            except OSError:
                pass  # it hangs up while we still send
        self.client("ec2").describe_vpcs()

    def test_many_slow_clients_keep_nobody_out(self):
        slow = [self.stream() for _ in range(200)]
        for stream in slow:
            stream.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        self.client("ec2").describe_vpcs()
        for stream in slow:
            stream.close()


if __name__ == "__main__":
    unittest.main()
