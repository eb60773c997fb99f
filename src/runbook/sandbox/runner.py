"""The warm parent of aws:executeScript: loads boto3 once, forks for each script.

Started by ScriptRunner (script_runner.h), inside bubblewrap. Speaks over the SEQPACKET socket that is its file descriptor CONTROL:
one message per job, carrying three descriptors: the job's channel, the write end of its log, and its request as JSON.

For each job: a keeper process makes namespaces of its own, forks the script as their first process, watches its memory and its
channel, and kills everything in it when the other side hangs up. The script asks over the channel for connections to the
gateway and is handed connected sockets; it cannot reach anything else. Programs that it starts (the AWS CLI) reach the gateway
through a loopback port of the script's own network, in AWS_ENDPOINT_URL.

Messages on a job's channel, first byte tells the kind:
  C          script -> us    a connection to the gateway, please; answered by F with a descriptor, or E with a reason
  R{json}    script -> us    how it ended
  X{json}    keeper -> us    the script's process has ended: {"signal": n} or {"code": n}, "over_memory" where that was why
"""
import array
import ctypes
import datetime
import fcntl
import gc
import io
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import threading
import time
import traceback

CONTROL = int(sys.argv[1])
SANDBOX = sys.argv[2] == "sandbox"
SECCOMP_FD = int(sys.argv[3])

PAYLOAD_BYTES_MAX = 100_000
TEXT_BYTES_MAX = 32_000
WATCH_SECONDS = 0.1
GATEWAY = "http://127.0.0.1"

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 1, 22, 24, 38, 36
PR_SET_DUMPABLE = 4
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
M_ARENA_MAX = -8  # mallopt
THREAD_STACK_BYTES = 1 << 20

channel = None          # of this process's job
channel_lock = threading.Lock()
execution_token = ""


def check(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


# --- boto3: every client talks to the gateway ------------------------------------------------------------------------------


def gateway_socket():
    """A connected socket, handed over by the process that owns the gateway."""
    with channel_lock:
        channel.send(b"C")
        message, ancillary, _, _ = channel.recvmsg(4096, socket.CMSG_SPACE(4))
    if message[:1] != b"F":
        raise ConnectionRefusedError(message[1:].decode() or "the gateway is closed")
    received = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            received.frombytes(data[:4])
    return socket.socket(fileno=received[0])


def patch_botocore():
    import botocore.awsrequest
    import botocore.client
    import botocore.exceptions
    import botocore.loaders
    import botocore.session
    import urllib3.exceptions

    def new_conn(connection):
        try:
            handed = gateway_socket()
        except OSError as error:
            raise urllib3.exceptions.NewConnectionError(connection, str(error)) from error
        if connection.timeout is not None and isinstance(connection.timeout, (int, float)):
            handed.settimeout(connection.timeout)
        return handed

    def connect_plain(connection):
        connection.sock = new_conn(connection)

    botocore.awsrequest.AWSHTTPConnection._new_conn = new_conn
    # A script may name an https endpoint of its own; the bytes go to the gateway all the same.
    botocore.awsrequest.AWSHTTPSConnection._new_conn = new_conn
    botocore.awsrequest.AWSHTTPSConnection.connect = connect_plain
    botocore.awsrequest.AWSHTTPSConnection.is_verified = True

    # One cache of service models for all sessions, so that a fork finds them loaded.
    shared = botocore.loaders.create_loader()
    botocore.loaders.create_loader = lambda search_path_string=None: shared

    share_what_clients_are_made_of(botocore.client.ClientCreator)

    original_init = botocore.session.Session.__init__
    original_create = botocore.session.Session.create_client

    def session_init(session, *args, **keywords):
        original_init(session, *args, **keywords)
        session.register("before-send.*.*", name_the_call)

    def create_client(session, service_name, region_name=None, api_version=None, use_ssl=True, verify=None, endpoint_url=None,
                      *args, **keywords):
        return original_create(session, service_name, region_name, api_version, use_ssl, verify, GATEWAY, *args, **keywords)

    original_retry_info = botocore.exceptions.ClientError._get_retry_info

    def retry_info(error, response):
        # We retry behind the gateway; that the script's own client may not is no part of AWS's message.
        return "" if response.get("ResponseMetadata", {}).get("RetryAttempts") == 0 else original_retry_info(error, response)

    botocore.exceptions.ClientError._get_retry_info = retry_info
    botocore.session.Session.__init__ = session_init
    botocore.session.Session.create_client = create_client


def share_what_clients_are_made_of(creator):
    """A method for each of a service's operations, 600 of EC2, is the same for every client of one model: made once, in the warm
    parent. Each client class still gets a dictionary of its own, so that what a script or boto3 adds stays there."""

    def made_once(original):
        known = {}

        def make(self, model):
            description = model._service_description
            if model.service_name not in known or known[model.service_name][0] is not description:
                known[model.service_name] = description, original(self, model)
            return dict(known[model.service_name][1])

        return make

    creator._create_methods = made_once(creator._create_methods)
    creator._create_name_mapping = made_once(creator._create_name_mapping)


# --- Programs that a script starts: a loopback port that leads to the gateway ----------------------------------------------

CLI_WRAPPER = """#!/bin/sh
# The AWS CLI, told where the gateway is: versions before 2.13 do not read AWS_ENDPOINT_URL. As its proxy too, so that no name is
# looked up where an operation puts a prefix before the host.
for aws in /usr/local/bin/aws /usr/bin/aws; do
  [ -x "$aws" ] && HTTP_PROXY="$AWS_ENDPOINT_URL" http_proxy="$AWS_ENDPOINT_URL" exec "$aws" --endpoint-url "$AWS_ENDPOINT_URL" "$@"
done
echo "aws: there is no AWS CLI on this machine" >&2
exit 127
"""
WRAPPERS = "/tmp/.setpoint"
COPY_BYTES = 65536


def copy(source, target):
    try:
        while piece := source.recv(COPY_BYTES):
            target.sendall(piece)
    except OSError:
        pass
    for end, how in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
        try:
            end.shutdown(how)
        except OSError:
            pass


def relay(client):
    try:
        with client, gateway_socket() as gateway:
            back = threading.Thread(target=copy, args=(gateway, client), daemon=True)
            back.start()
            copy(client, gateway)
            back.join()
    except (OSError, RuntimeError):  # no gateway, or no thread left: the program sees a closed connection
        pass


def accept_all(listener):
    while True:
        client, _ = listener.accept()
        try:
            threading.Thread(target=relay, args=(client,), daemon=True).start()
        except RuntimeError:
            client.close()


def offer_gateway_to_programs():
    """Programs cannot be handed connected sockets as boto3 is in this process: they get a port. Few scripts start a program: the
    thread that serves the port waits for that."""
    listener = socket.create_server(("127.0.0.1", 0))
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{listener.getsockname()[1]}"
    if SANDBOX:  # without one, /tmp is everybody's
        os.mkdir(WRAPPERS)
        with open(WRAPPERS + "/aws", "w", opener=lambda path, flags: os.open(path, flags, 0o755)) as file:
            file.write(CLI_WRAPPER)
        os.environ["PATH"] = WRAPPERS + ":" + os.environ["PATH"]
    started = []

    def serve_at_first_program(event, _):
        if not started and event in ("subprocess.Popen", "os.system", "os.posix_spawn", "os.fork"):
            started.append(event)
            threading.Thread(target=accept_all, args=(listener,), daemon=True).start()

    sys.addaudithook(serve_at_first_program)


def name_the_call(request, event_name=None, **_):
    """The gateway need not guess: each call says which execution, service and operation it is."""
    _, service, operation = (event_name or "..").split(".", 2)
    request.headers["X-Setpoint-Execution"] = execution_token
    request.headers["X-Setpoint-Service"] = service
    request.headers["X-Setpoint-Operation"] = operation


WARM_SERVICES = ["sts", "ec2", "s3", "iam", "ssm", "kms", "rds", "lambda", "sns", "sqs", "cloudtrail", "config", "logs", "s3control",
                 "securityhub", "secretsmanager", "dynamodb", "cloudwatch", "autoscaling", "redshift", "codebuild", "guardduty"]


def warm(service):
    """Loads what a first client of the service would have to read from disk."""
    import boto3
    try:
        boto3.client(service, region_name="us-east-1", aws_access_key_id="warm", aws_secret_access_key="warm")
    except Exception:  # a service that this boto3 does not have
        pass


# --- The script's own process ----------------------------------------------------------------------------------------------


def end(kind, **fields):
    """Says how the script ended and ends the process, threads and all."""
    message = b"R" + json.dumps({"ending": kind, **fields}).encode()
    sys.stdout.flush()
    sys.stderr.flush()
    with channel_lock:
        channel.send(message)
    os._exit(0)


def cut(text):
    return text if len(text) <= TEXT_BYTES_MAX else text[: TEXT_BYTES_MAX // 2] + "\n...\n" + text[-TEXT_BYTES_MAX // 2 :]


def script_traceback(error):
    """The message and the author's own frames."""
    entries = traceback.extract_tb(error.__traceback__)
    theirs = [entry for entry in entries if entry.filename == "script.py" or entry.filename.startswith("/tmp/attachment")]
    return cut(f"{error}\n" + "".join(traceback.format_list(theirs)))


def load_handler(request):
    name = request["handler"]
    if request.get("attachment"):
        import base64
        import importlib
        import zipfile
        zipfile.ZipFile(io.BytesIO(base64.b64decode(request["attachment"]))).extractall("/tmp/attachment")
        sys.path.insert(0, "/tmp/attachment")
        if not request["script"]:  # otherwise it is there for the script to import from
            return getattr(importlib.import_module(request["module"]), name)
    import linecache
    import types
    text = request["script"]
    linecache.cache["script.py"] = (len(text), None, text.splitlines(True), "script.py")
    module = types.ModuleType("script")
    sys.modules["script"] = module
    exec(compile(text, "script.py", "exec"), module.__dict__)
    if name not in module.__dict__:
        raise NameError(f"the script has no function '{name}'")
    return module.__dict__[name]


def as_text(value):
    """Times as boto3 hands them out: scripts return API answers as they are."""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def run_python(request):
    try:
        result = load_handler(request)(request["payload"], request["context"])
        payload = json.dumps(result, allow_nan=False, default=as_text)
    except SystemExit as stop:
        return end("exited", error=cut(f"exit code {stop.code}"), error_type="SystemExit")
    except MemoryError:
        return end("over_memory", error="", error_type="MemoryError")
    except BaseException as error:
        return end("raised", error=script_traceback(error), error_type=type(error).__name__)
    if len(payload.encode()) > PAYLOAD_BYTES_MAX:
        return end("over_output")
    return end("returned", payload=payload)


def run_powershell(request):
    import subprocess
    with open("/tmp/script.ps1", "w") as file:
        file.write(request["script"])
    environment = dict(os.environ, InputPayload=json.dumps(request["payload"]))
    done = subprocess.run([request["powershell"], "-NoProfile", "-NonInteractive", "-File", "/tmp/script.ps1"], env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    text = done.stdout[: 4 * PAYLOAD_BYTES_MAX].decode(errors="replace").strip()
    if done.returncode != 0:
        return end("raised", error=cut(text), error_type=f"exit code {done.returncode}")
    try:
        payload = json.dumps(json.loads(text))
    except ValueError:
        payload = json.dumps(text)
    return end("over_output") if len(payload.encode()) > PAYLOAD_BYTES_MAX else end("returned", payload=payload)


def limit(request):
    if not request.get("powershell"):  # .NET reserves far more address space than it uses
        space = request["address_space"] + request["memory_bytes_max"]
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
    if SANDBOX:  # counted within the script's own user namespace
        resource.setrlimit(resource.RLIMIT_NPROC, (request["processes_max"], request["processes_max"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (request["file_bytes_max"], request["file_bytes_max"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512))
    seconds = request["timeout_ms"] // 1000 + 5
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write past the limit fails instead


def economise_address_space():
    """The limit counts what is reserved: by default 8 MB of stack and 64 MB of heap for each thread, used or not."""
    threading.stack_size(THREAD_STACK_BYTES)
    libc.mallopt(M_ARENA_MAX, 2)


def drop_powers():
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = struct.pack("Ii", 0x20080522, 0)
    check(libc.capset(header, struct.pack("6I", 0, 0, 0, 0, 0, 0)), "capset")


def shut_the_door(program):
    """Seccomp, last: from here on no namespace, mount or trace."""
    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    if program:
        code = Program(len(program) // 8, program)
        check(libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(code), 0, 0), "seccomp")


def set_environment(request):
    os.environ.clear()
    os.environ.update({
        "PATH": "/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8",
        "AWS_ACCESS_KEY_ID": "SETPOINTSANDBOX", "AWS_SECRET_ACCESS_KEY": "sandbox", "AWS_SESSION_TOKEN": request["token"] or "sandbox",
        "AWS_DEFAULT_REGION": request["region"], "AWS_REGION": request["region"], "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    })
    os.chdir("/tmp")


def be_the_script(job, log_fd, request_fd, request, program):
    global channel, execution_token
    check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "pdeathsig")
    os.setsid()  # kill(0, ...) would reach the warm parent otherwise
    channel = job
    execution_token = request["token"]
    null = os.open("/dev/null", os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log_fd, 1)
    os.dup2(log_fd, 2)
    # By name: libraries keep descriptors of their own (/dev/urandom) and wait for ever when those are gone.
    for descriptor in (log_fd, request_fd):
        os.close(descriptor)
    sys.stdin = open(0, closefd=False)
    sys.stdout = open(1, "w", buffering=8192, closefd=False)
    sys.stderr = open(2, "w", buffering=1, closefd=False)
    sys.argv = ["script.py"]
    set_environment(request)
    economise_address_space()
    limit(request)
    if SANDBOX:
        drop_powers()
    offer_gateway_to_programs()
    shut_the_door(program)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    run_powershell(request) if request.get("powershell") else run_python(request)


# --- The keeper: one for each job ------------------------------------------------------------------------------------------


def make_namespaces(request):
    user, group = os.getuid(), os.getgid()
    check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS), "unshare")
    for path, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open("/proc/self/" + path, "w") as file:
            file.write(text)
    raise_loopback()
    check(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "mount private /")
    size = b"size=%d,mode=0700" % request["file_bytes_max"]
    check(libc.mount(b"tmpfs", b"/tmp", b"tmpfs", MS_NOSUID | MS_NODEV, size), "mount /tmp")


def raise_loopback():
    """The new network's own; it leads nowhere but to the script's own ports."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def hide_processes():
    """Within the new pid namespace: a /proc of its own, or none. The keeper goes on seeing the outer one."""
    check(libc.unshare(CLONE_NEWNS), "unshare mounts")
    if libc.mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, None) != 0:
        check(libc.mount(b"tmpfs", b"/proc", b"tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, b"size=0"), "cover /proc")


def stat_of(process):
    """Its parent and its resident pages."""
    try:
        with open(f"/proc/{process}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[1]), int(fields[21])
    except (OSError, IndexError, ValueError):
        return 0, 0  # it is gone


def descendants(root):
    parents = {int(name): stat_of(name) for name in os.listdir("/proc") if name.isdigit()}
    found, grown = {root}, True
    while grown:
        more = {pid for pid, (parent, _) in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return {pid: parents[pid][1] for pid in found if pid in parents}


def kill_all(root):
    for pid in [root, *descendants(root)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass


def watch(child, job, request):
    """Waits for the script's end; kills it when the other side hangs up or when all its processes hold too much memory."""
    exited = os.pidfd_open(child)
    poll = select.poll()
    poll.register(job, 0)  # hang-ups are reported unasked
    poll.register(exited, select.POLLIN)
    page, over_memory, most = resource.getpagesize(), False, request["memory_bytes_max"]
    # A fork shares what the warm parent had loaded; only what is beyond that counts.
    baseline = stat_of(child)[1]
    while True:
        for descriptor, _ in poll.poll(WATCH_SECONDS * 1000):
            if descriptor == exited:
                if not SANDBOX:
                    kill_all(os.getpid())
                _, status = os.waitpid(child, 0)
                return status, over_memory
            kill_all(child)
            poll.unregister(job)
        if sum(max(0, pages - baseline) for pages in descendants(child).values()) * page > most:
            over_memory = True
            kill_all(child)


def cpu_milliseconds():
    own, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(1000 * (own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime))


def keep(job, log_fd, request_fd, program):
    check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "pdeathsig")
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        with open(request_fd, closefd=False) as file:
            file.seek(0)
            request = json.load(file)
        with open("/proc/self/statm") as file:  # the script may have no /proc
            request["address_space"] = int(file.read().split()[0]) * resource.getpagesize()
        if SANDBOX:
            make_namespaces(request)
        else:
            check(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")
        child = os.fork()
    except BaseException as error:
        job.send(b"X" + json.dumps({"refused": cut(str(error))}).encode())
        os._exit(1)
    if child == 0:
        try:
            if SANDBOX:
                hide_processes()
            be_the_script(job, log_fd, request_fd, request, program)
        except BaseException as error:
            job.send(b"X" + json.dumps({"refused": cut(f"{type(error).__name__}: {error}")}).encode())
        os._exit(1)
    os.close(log_fd)
    status, over_memory = watch(child, job, request)
    ending = {"signal": os.WTERMSIG(status)} if os.WIFSIGNALED(status) else {"code": os.WEXITSTATUS(status)}
    try:
        job.send(b"X" + json.dumps({**ending, "over_memory": over_memory, "cpu_ms": cpu_milliseconds()}).encode())
    except OSError:
        pass
    os._exit(0)


# --- The warm parent -------------------------------------------------------------------------------------------------------


def receive_job(control):
    message, descriptors, _, _ = socket.recv_fds(control, 16, 3)
    if not message:
        os._exit(0)  # Setpoint is gone
    return descriptors


def serve(control, program):
    cold = list(WARM_SERVICES)
    while True:
        # Models are loaded while nobody waits.
        ready, _, _ = select.select([control], [], [], 0 if cold else None)
        if not ready:
            warm(cold.pop(0))
            if not cold:
                gc.collect()
                gc.freeze()
            continue
        job_fd, log_fd, request_fd = receive_job(control)
        if os.fork() == 0:
            control.close()
            keep(socket.socket(fileno=job_fd), log_fd, request_fd, program)
        for descriptor in (job_fd, log_fd, request_fd):
            os.close(descriptor)


def main():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are reaped by the kernel
    with open(SECCOMP_FD, "rb") as file:
        file.seek(0)
        program = file.read()
    sys.modules["awscrt"] = None  # a second TLS library in the process, for transfers that cannot happen here
    import boto3  # noqa: F401: what everything here is warm for
    import botocore.config  # noqa: F401
    import botocore.exceptions  # noqa: F401
    patch_botocore()
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=CONTROL)
    control.send(b"ready")
    serve(control, program)


main()
