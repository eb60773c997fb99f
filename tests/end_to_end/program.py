"""What the end-to-end suites share: the program, the simulated cloud as a process, a mailbox."""
import http.server
import json
import os
import pathlib
import re
import shutil
import socketserver
import subprocess
import tempfile
import threading
import time
import unittest


ROOT = pathlib.Path(os.environ.get("SETPOINT_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BINARY = os.environ.get("SETPOINT_BINARY", str(ROOT / "build/release/setpoint"))
ACCOUNT, REGION = "111122223333", "eu-west-1"
SEED = ROOT / "content/demo/account.yaml"
SHARED = ROOT.parent / "shared"


class Twin:
    """`setpoint twin` on a free loopback port."""

    def __init__(self, *arguments, seed=SEED):
        self.process = subprocess.Popen([BINARY, "twin", "--port", "0", "--seed", str(seed), *arguments], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://[\d.]+:\d+", line)
        if not found:
            self.stop()
            raise RuntimeError("the twin said: " + line)
        self.url = found[0]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def client(self, service):
        import boto3
        return boto3.client(service, region_name=REGION, endpoint_url=self.url, aws_access_key_id=ACCOUNT, aws_secret_access_key="x")

    def ec2(self):
        return self.client("ec2")

    def group(self, name="web-frontend"):
        return self.ec2().describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"][0]


class Mailbox:
    """Takes webhooks over HTTP and mail over SMTP, on loopback; `down` makes both refuse."""

    def __init__(self):
        self.hooks, self.mails, self.down = [], [], False
        box = self

        class Hook(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(503 if box.down else 200)
                self.end_headers()
                if not box.down:
                    box.hooks.append(json.loads(body))

            def log_message(self, *_):
                pass

        class Smtp(socketserver.StreamRequestHandler):
            def handle(self):
                say = lambda text: self.wfile.write(text.encode() + b"\r\n")
                if box.down:
                    return say("421 closed")
                say("220 mailbox")
                recipient = ""
                while True:
                    line = self.rfile.readline().decode().strip()
                    if not line or line.upper().startswith("QUIT"):
                        return say("221 bye")
                    if line.upper().startswith("RCPT"):
                        recipient = line
                    if line.upper() != "DATA":
                        say("250 ok")
                        continue
                    say("354 go on")
                    data = b""
                    while not data.endswith(b"\r\n.\r\n"):
                        data += self.rfile.readline()
                    box.mails.append((recipient, data.decode()))
                    say("250 queued")

        self.servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook), socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)]
        for server in self.servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.webhook = f"http://127.0.0.1:{self.servers[0].server_address[1]}/hook"
        self.smtp = f"smtp://127.0.0.1:{self.servers[1].server_address[1]}"

    def stop(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()


class Home:
    """A folder with setpoint.yaml and a database, and the program run in it."""

    def __init__(self, twin_url, mailbox=None, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="setpoint-test-")
        self.write_config(twin_url, mailbox)

    def write_config(self, twin_url, mailbox=None):
        text = (f'home: home\naccounts:\n  - {{account: "{ACCOUNT}", regions: [{REGION}], endpoint: "{twin_url}", '
                f'contact: cloud-security@example.org}}\ncontent: ["{ROOT}/content"]\n')
        if mailbox:
            text += (f'notify:\n  default_channel: ops\n  channels:\n    mail: {{smtp: "{mailbox.smtp}", from: setpoint@example.org}}\n'
                     f'    ops: {{webhook: "{mailbox.webhook}"}}\n')
        pathlib.Path(self.folder, "setpoint.yaml").write_text(text)

    def copy(self, twin_url):
        target = tempfile.mkdtemp(prefix="setpoint-test-")
        shutil.copytree(self.folder, target, dirs_exist_ok=True)
        return Home(twin_url, folder=target)

    def run(self, *arguments, env=None, expect=0, stdin=None):
        done = subprocess.run([BINARY, "--config", f"{self.folder}/setpoint.yaml", *arguments], capture_output=True, text=True,
                              env={**os.environ, **(env or {})}, input=stdin, timeout=120)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"setpoint {' '.join(arguments)}: exit {done.returncode}, expected {expect}\n{done.stdout}\n{done.stderr}")
        return done

    def json(self, *arguments, **options):
        return json.loads(self.run("--json", *arguments, **options).stdout)

    def finding(self, check="EC2.13", resource="sg-0f0000000000000a1"):
        for finding in self.json("findings", "--check", check):
            if finding["resource"].endswith("/" + resource):
                return finding["id"]
        raise AssertionError(f"no open {check} finding on {resource}")

    def plan(self, by="ada", **options):
        return self.json("plan", self.finding(**options), "--as", by)["id"]

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class LoopTest(unittest.TestCase):
    """A twin, a mailbox and a scanned home for each test."""

    twin_arguments = ()

    def setUp(self):
        self.mailbox = Mailbox()
        self.twin = Twin(*self.twin_arguments)
        self.home = Home(self.twin.url, self.mailbox)
        self.addCleanup(self.home.remove)
        self.addCleanup(self.twin.stop)
        self.addCleanup(self.mailbox.stop)
        self.scan()

    def scan(self):
        return self.home.json("scan", "--type", "AWS::EC2::SecurityGroup,AWS::EC2::VPC")


AUTOMATION = """
automation: close-open-ssh
owner: cloud-security@example.org
when: {source: [setpoint], detail-type: [Finding Opened], detail: {control: [EC2.13]}}
autonomy: %s
limits: {per_hour: 20, per_account_per_day: 50, share_of_fleet: 100%%}
notify: {owner: true, channel: ops}
"""


class ServeTest(LoopTest):
    """The same with `setpoint serve` running over it."""

    def start(self, autonomy=None, token=None, more=""):
        content = pathlib.Path(self.home.folder, "site")
        (content / "automations").mkdir(parents=True, exist_ok=True)
        if autonomy:
            (content / "automations" / "ssh.yaml").write_text(AUTOMATION % autonomy + more)
        environment = {**os.environ, **({"SETPOINT_TOKEN": token} if token else {})}
        self.process = subprocess.Popen([BINARY, "--config", f"{self.home.folder}/setpoint.yaml", "--content", f"{ROOT}/content", "--content", str(content),
                                         "serve", "--listen", "127.0.0.1:0", "--poll", "1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        self.url = re.search(r"http://\S+", self.process.stdout.readline())[0]

        def stop():
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
        self.addCleanup(stop)

    def ssh(self):
        return sorted(r["CidrIp"] for p in self.twin.group()["IpPermissions"] if p.get("FromPort") == 22 for r in p["IpRanges"])

    def wait_for(self, condition, seconds=40):
        until = time.time() + seconds
        while time.time() < until:
            if condition():
                return True
            time.sleep(0.3)
        return False
