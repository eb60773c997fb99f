"""What the suites of `setpoint run` share: a twin, a folder of documents, the program, a proxy that counts what is changed."""
import http.client
import http.server
import json
import os
import pathlib
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "end_to_end"))
from program import ACCOUNT, BINARY, REGION, Home, LoopTest, Twin  # noqa: E402,F401

GROUP = "sg-0f0000000000000a1"
READS = ("Describe", "Get", "List", "AssumeRole")


class Counting:
    """A proxy before a twin: each changing call that arrives is noted, by its operation and what it says."""

    def __init__(self, url):
        self.changes, self.lock = [], threading.Lock()
        target = urllib.parse.urlparse(url)
        counting = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fields = dict(urllib.parse.parse_qsl(body.decode()))
                operation = fields.pop("Action", self.headers.get("X-Amz-Target", self.path))
                for name in ("Version", "ClientToken"):
                    fields.pop(name, None)
                connection = http.client.HTTPConnection(target.hostname, target.port, timeout=60)
                connection.request("POST", self.path, body, dict(self.headers))
                answer = connection.getresponse()
                text = answer.read()
                connection.close()
                if not operation.startswith(READS):
                    with counting.lock:
                        counting.changes.append((operation, json.dumps(fields, sort_keys=True)))
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                try:
                    self.wfile.write(text)
                except OSError:
                    pass  # the program was killed

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, request_queue_size, allow_reuse_address = True, 128, True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class RunTest(unittest.TestCase):
    SEED = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="setpoint-run-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.twin = self.start_twin(self.SEED)
        self.url = self.twin.url

    def start_twin(self, seed=None, *arguments):
        if seed is None:
            twin = Twin(*arguments)
        else:
            twin = Twin(*arguments, seed=self.write("seed.json", json.dumps(seed)))
        self.addCleanup(twin.stop)
        return twin

    def write(self, name, text):
        path = pathlib.Path(self.folder, name)
        path.write_text(text)
        return str(path)

    def environment(self, account=True, **more):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SETPOINT_CONFIG"))}
        if not account:
            clean.update(AWS_ACCESS_KEY_ID=ACCOUNT, AWS_SECRET_ACCESS_KEY="x")
        return {**clean, **more}

    def arguments(self, account=True, home=None):
        where = ["--endpoint-url", self.url, "--region", REGION, "--home", home or f"{self.folder}/home"]
        return where + (["--account", ACCOUNT] if account else [])

    def command(self, *arguments, expect, account=True, home=None, env=None):
        """As somebody who has nothing but an endpoint: no configuration, an empty home."""
        done = subprocess.run([BINARY, "run", *arguments, *self.arguments(account, home)], capture_output=True, text=True, cwd=self.folder,
                              env=self.environment(account, **(env or {})), timeout=240, stdin=subprocess.DEVNULL)
        if expect is not None:
            self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def execution(self, *arguments, **options):
        return self.rendered(*arguments, **options)["AutomationExecution"]

    def rendered(self, *arguments, **options):
        return json.loads(self.command(*arguments, "--no-rehearsal", "--yes", "--json", **options).stdout)

    def begin(self, *arguments, env=None):
        """Starts a run and leaves it running."""
        process = subprocess.Popen([BINARY, "run", *arguments, "--no-rehearsal", "--yes", "--json", *self.arguments()], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=self.folder, env=self.environment(**(env or {})))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def open_executions(self, *more, home=None):
        return json.loads(self.command("list", "--json", *more, expect=0, home=home).stdout)

    def wait_for(self, status, seconds=60):
        """The id of the one open execution, once it has the status."""
        end = time.time() + seconds
        while time.time() < end:
            found = [e for e in self.open_executions() if e["AutomationExecutionStatus"] == status]
            if found:
                return found[0]["AutomationExecutionId"]
            time.sleep(0.1)
        self.fail(f"no execution became {status}: {self.open_executions()}")

    def ended(self, process, expect):
        out, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, expect, out)
        return json.loads(out)

    def journal(self, home=None):
        out = subprocess.run([BINARY, "--home", home or f"{self.folder}/home", "--json", "journal", "show", "--limit", "1000"], capture_output=True,
                             text=True, check=True)
        return [json.loads(line) for line in out.stdout.splitlines()]

    def tags(self, group=GROUP, twin=None):
        groups = (twin or self.twin).ec2().describe_security_groups(GroupIds=[group])["SecurityGroups"]
        return {t["Key"]: t["Value"] for t in groups[0].get("Tags", [])}
