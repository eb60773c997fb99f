// Scripts in the sandbox: what they can do, and what they cannot.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <optional>
#include <thread>

#include "http_stub.h"
#include "runbook/sandbox/script_runner.h"

namespace setpoint::runbook {
namespace {

using base::Json;
using Ending = ScriptResult::Ending;

void add_number(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

std::uint32_t crc32_of(std::string_view text) {
  std::uint32_t crc = ~0U;
  for (char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0);
  }
  return ~crc;
}

// What both records of a stored file say of it.
std::string file_fields(const std::string& name, const std::string& text) {
  std::string out;
  for (std::uint32_t field : {20U, 0U, 0U, 0U, 0x21U}) add_number(out, field, 2);  // version, flags, stored, time, date
  add_number(out, crc32_of(text), 4);
  for (int i = 0; i < 2; ++i) add_number(out, static_cast<std::uint32_t>(text.size()), 4);
  add_number(out, static_cast<std::uint32_t>(name.size()), 2);
  add_number(out, 0, 2);
  return out;
}

// A zip archive that holds one file, uncompressed.
std::string archive_of(const std::string& name, const std::string& text) {
  std::string local = "PK\3\4" + file_fields(name, text) + name + text;
  std::string central = "PK\1\2";
  add_number(central, 20, 2);
  central += file_fields(name, text);
  for (int bytes : {2, 2, 2, 4, 4}) add_number(central, 0, bytes);  // comment, disk, attributes, offset
  central += name;
  std::string end = "PK\5\6";
  for (std::uint32_t field : {0U, 0U, 1U, 1U}) add_number(end, field, 2);
  add_number(end, static_cast<std::uint32_t>(central.size()), 4);
  add_number(end, static_cast<std::uint32_t>(local.size()), 4);
  add_number(end, 0, 2);
  return local + central + end;
}

class Sandbox : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    setenv("SETPOINT_SECRET", "of the host", 1);
    auto started = ScriptRunner::start({.memory_bytes_max = 256u << 20});
    if (started) runner_ = new ScriptRunner(std::move(*started));
    if (!started) why_not_ = started.error().text();
  }
  static void TearDownTestSuite() {
    delete runner_;
    runner_ = nullptr;
  }
  void SetUp() override {
    if (runner_ == nullptr) GTEST_SKIP() << why_not_;
  }

  static ScriptRequest script(std::string text, Json payload = Json::object()) {
    ScriptRequest out;
    out.runtime = "python3.11";
    out.handler = "handler";
    out.script = std::move(text);
    out.payload = std::move(payload);
    out.account = "111122223333";
    out.region = "eu-west-1";
    out.timeout = base::Milliseconds(20'000);
    return out;
  }
  static ScriptResult run(const ScriptRequest& request, const GatewayAddress& gateway = {}) {
    auto result = runner_->run(request, gateway);
    EXPECT_TRUE(result) << (result ? "" : result.error().text());
    return result ? *result : ScriptResult{};
  }
  static ScriptResult body(const std::string& lines) { return run(script("def handler(events, context):\n" + lines)); }

  static ScriptRunner* runner_;
  static std::string why_not_;
};
ScriptRunner* Sandbox::runner_ = nullptr;
std::string Sandbox::why_not_;

TEST_F(Sandbox, ReturnsWhatTheHandlerReturns) {
  ScriptResult result =
      run(script("def handler(events, context):\n  return {'sum': events['a'] + 1, 'l': [1, 'x', None]}", {{"a", 41}}));
  EXPECT_EQ(result.ending, Ending::returned) << result.error;
  EXPECT_EQ(result.payload, Json::parse(R"({"sum": 42, "l": [1, "x", null]})"));
}

// "Die with the parent" is the kernel's word for the thread that forked: scripts of many targets died with the worker
// that had happened to start the interpreter.
TEST_F(Sandbox, AScriptOutlivesTheThreadThatStartedTheInterpreter) {
  std::optional<ScriptRunner> runner;
  std::promise<void> started;
  std::promise<void> running;
  std::thread starter([&] {
    if (auto made = ScriptRunner::start({.memory_bytes_max = 256u << 20})) runner.emplace(std::move(*made));
    started.set_value();
    running.get_future().wait();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  });
  started.get_future().wait();
  running.set_value();
  ASSERT_TRUE(runner);
  auto result = runner->run(script("import time\ndef handler(events, context):\n  time.sleep(1)\n  return 'done'"), {});
  starter.join();
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->ending, Ending::returned) << result->error;
}

TEST_F(Sandbox, TheHandlersContextNamesTheExecution) {
  ScriptRequest request = script("def handler(events, context):\n  return context['automation:EXECUTION_ID'][-4:]\n");
  request.context = {{"automation:EXECUTION_ID", "11111111-2222-3333-4444-555555555555"}};
  EXPECT_EQ(run(request).payload, "5555");
}

TEST_F(Sandbox, AnArchiveIsThereForItsScriptToImportFrom) {
  ScriptRequest request = script("from lib import tell\ndef handler(events, context):\n  return tell()\n");
  request.attachment = archive_of("lib.py", "def tell():\n  return 'from the archive'\n");
  EXPECT_EQ(run(request).payload, "from the archive");
  request.script.clear();
  request.attachment = archive_of("lib.py", "def handler(events, context):\n  return 'by its module'\n");
  request.attachment_module = "lib";
  EXPECT_EQ(run(request).payload, "by its module");
}

TEST_F(Sandbox, NoneIsNull) {
  ScriptResult result = body("  print('said')\n  return None");
  EXPECT_EQ(result.ending, Ending::returned);
  EXPECT_TRUE(result.payload.is_null());
  EXPECT_EQ(result.log, "said\n");
}

TEST_F(Sandbox, EachRunHasAFreshNamespaceAndScratchFolder) {
  std::string text =
      "import os\nseen = []\ndef handler(events, context):\n  seen.append(1)\n  fresh = not os.path.exists('/tmp/x')\n"
      "  open('/tmp/x', 'w').write('1')\n  return [len(seen), fresh, os.getcwd()]";
  for (int i = 0; i < 2; ++i) EXPECT_EQ(run(script(text)).payload, Json::parse(R"([1, true, "/tmp"])"));
}

TEST_F(Sandbox, AnExceptionIsAResultWithItsPlace) {
  ScriptResult result = body("  x = {}\n  return x['missing']");
  EXPECT_EQ(result.ending, Ending::raised);
  EXPECT_EQ(result.error_type, "KeyError");
  EXPECT_NE(result.error.find("line 3, in handler"), std::string::npos) << result.error;
}

TEST_F(Sandbox, SystemExitIsAnExit) {
  ScriptResult result = body("  import sys\n  sys.exit('no such bucket')");
  EXPECT_EQ(result.ending, Ending::exited);
  EXPECT_NE(result.error.find("no such bucket"), std::string::npos);
}

TEST_F(Sandbox, ASyntaxErrorAMissingHandlerAndAnUnserialisableResultAreRaised) {
  EXPECT_EQ(run(script("def handler(:")).error_type, "SyntaxError");
  EXPECT_EQ(run(script("x = 1")).error_type, "NameError");
  EXPECT_EQ(body("  return {1, 2}").error_type, "TypeError");
}

TEST_F(Sandbox, TimesAreReturnedAsText) {
  ScriptResult result =
      body("  import datetime\n  return {'at': datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)}");
  EXPECT_EQ(result.payload, Json::parse(R"({"at": "2026-01-02T03:04:05+00:00"})")) << result.error;
}

TEST_F(Sandbox, TypingImportsWork) {
  ScriptResult result =
      run(script("from typing import TYPE_CHECKING, TypedDict\nimport botocore.config\nif TYPE_CHECKING:\n  from "
                 "mypy_boto3_s3 import S3Client\n"
                 "class E(TypedDict):\n  a: int\ndef handler(events: E, _) -> 'S3Client':\n  return "
                 "botocore.config.Config(retries={'mode': 'standard'}).retries['mode']"));
  EXPECT_EQ(result.payload, "standard") << result.error;
}

TEST_F(Sandbox, ALoopIsStoppedAtItsTime) {
  ScriptRequest request = script("def handler(e, c):\n  while True: pass");
  request.timeout = base::Milliseconds(300);
  auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(run(request).ending, Ending::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
}

TEST_F(Sandbox, TooMuchMemoryIsStopped) {
  EXPECT_EQ(body("  x = 'a' * (400 << 20)\n  return len(x)").ending, Ending::over_memory);
}

TEST_F(Sandbox, MemorySpreadOverProcessesIsStopped) {
  ScriptResult result = body(
      "  import os, time\n  for i in range(8):\n    if os.fork() == 0:\n      x = bytearray(b'a') * (100 << 20)\n      "
      "time.sleep(20)\n      os._exit(0)\n  time.sleep(20)");
  EXPECT_EQ(result.ending, Ending::over_memory);
}

TEST_F(Sandbox, AForkBombIsHeldAndGone) {
  ScriptRequest request = script(
      "import os, time\ndef handler(e, c):\n  made = 0\n  while True:\n    try:\n      pid = os.fork()\n    except "
      "OSError:\n      return made\n"
      "    if pid == 0:\n      time.sleep(30)\n      os._exit(0)\n    made += 1\n    if made > 500: return made");
  ScriptResult result = run(request);
  ASSERT_EQ(result.ending, Ending::returned) << result.error;
  EXPECT_LE(result.payload.get<int>(), 64);
  EXPECT_EQ(body("  return 1").payload, 1) << "the next script is not disturbed";
}

TEST_F(Sandbox, FortyThreadsFitIntoTheMemory) {
  ScriptResult result =
      run(script("import threading, time\nfrom concurrent.futures import ThreadPoolExecutor\ndef handler(e, c):\n"
                 "  gate = threading.Barrier(40, timeout=20)\n  with ThreadPoolExecutor(40) as pool:\n"
                 "    return sum(pool.map(lambda n: (gate.wait(), len(bytearray(1 << 20)))[1] >> 20, range(40)))"));
  EXPECT_EQ(result.payload, 40) << result.error;
}

TEST_F(Sandbox, AThreadBombIsHeld) {
  ScriptResult result =
      run(script("import threading, time\ndef handler(e, c):\n  made = 0\n  try:\n    while made < 500:\n"
                 "      threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n      made += 1\n"
                 "  except RuntimeError:\n    pass\n  return made"));
  ASSERT_EQ(result.ending, Ending::returned) << result.error;
  EXPECT_LT(result.payload.get<int>(), 64);
}

TEST_F(Sandbox, EndlessOutputIsStoppedAtItsTime) {
  ScriptRequest request = script("def handler(e, c):\n  while True: print('y' * 4096)");
  request.timeout = base::Milliseconds(500);
  ScriptResult result = run(request);
  EXPECT_EQ(result.ending, Ending::timed_out);
  EXPECT_LE(result.log.size(), 256u << 10);
}

TEST_F(Sandbox, GigabytesOfOutputAreReadAndCut) {
  ScriptRequest request =
      script("def handler(e, c):\n  line = 'x' * 65535\n  for i in range(4096): print(line)\n  return 'done'");
  ScriptResult result = run(request);
  EXPECT_EQ(result.payload, "done") << result.error;
  EXPECT_EQ(result.log.size(), 256u << 10);
}

TEST_F(Sandbox, AResultOverTheBoundIsRefused) { EXPECT_EQ(body("  return 'x' * 200000").ending, Ending::over_output); }

TEST_F(Sandbox, AFullScratchFolderIsAnError) {
  ScriptResult result =
      body("  f = open('/tmp/big', 'wb')\n  for i in range(100): f.write(b'x' * (1 << 20)); f.flush()");
  EXPECT_EQ(result.error_type, "OSError") << result.error;
}

TEST_F(Sandbox, ThereIsNoNetwork) {
  ScriptResult result = body(
      "  import socket\n  out = []\n  for where in [('127.0.0.1', 22), ('1.1.1.1', 53), ('169.254.169.254', 80)]:\n    "
      "try:\n      socket.create_connection(where, 1).close()\n      "
      "out.append('connected')\n    except OSError as e:\n      out.append('refused')\n  try:\n    socket.socket(40, "
      "1)\n  except OSError as e: out.append('no vsock')\n  return out");
  EXPECT_EQ(result.payload, Json::parse(R"(["refused", "refused", "refused", "no vsock"])")) << result.error;
}

TEST_F(Sandbox, OurFilesAndEnvironmentAreNotThere) {
  ScriptResult result = body(
      "  import os\n  tree = {d: os.path.exists(d) for d in ['/work', '/root', '/home', '/etc/shadow', '/etc/passwd', "
      "'/var', '/run', '/runner.py.x']}\n"
      "  try:\n    open('/usr/written', 'w')\n    tree['/usr'] = True\n  except OSError: pass\n"
      "  return [sorted(k for k, v in tree.items() if v), 'SETPOINT_SECRET' in os.environ, len([p for p in "
      "os.listdir('/proc') if p.isdigit()]) if os.path.exists('/proc/1') else 0]");
  ASSERT_EQ(result.ending, Ending::returned) << result.error;
  EXPECT_EQ(result.payload[0], Json::array());
  EXPECT_EQ(result.payload[1], false);
  EXPECT_LE(result.payload[2].get<int>(), 1);
}

TEST_F(Sandbox, ItCannotMakeNamespacesOrMounts) {
  ScriptResult result = body(
      "  import ctypes, os\n  libc = ctypes.CDLL(None, use_errno=True)\n  a = libc.unshare(0x10000000)\n  b = "
      "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)\n"
      "  c = libc.ptrace(16, 1, 0, 0)\n  caps = libc.capget\n  return [a, b, c, os.getuid()]");
  ASSERT_EQ(result.ending, Ending::returned) << result.error;
  EXPECT_EQ(result.payload[0], -1);
  EXPECT_EQ(result.payload[1], -1);
  EXPECT_EQ(result.payload[2], -1);
  EXPECT_NE(result.payload[3], 0);
}

TEST_F(Sandbox, AScriptThatKillsWhatItSeesHarmsNobodyElse) {
  ScriptResult result = body(
      "  import os, signal\n  for pid in [-1, 1, os.getppid()]:\n    try: os.kill(pid, signal.SIGKILL)\n    except "
      "OSError: pass\n  return 'alive'");
  EXPECT_EQ(result.payload, "alive") << "the first process of a pid namespace does not die of its own signals";
  EXPECT_EQ(body("  return 1").payload, 1);
}

TEST_F(Sandbox, AForgedMessageEndsOnlyItsOwnScript) {
  ScriptResult result = body(
      "  import __main__\n  __main__.channel.send(b'R{\"ending\": \"returned\", \"payload\": \"[[[\"}')\n  "
      "__main__.channel.send(b'?')\n  return 2");
  EXPECT_EQ(result.ending, Ending::raised);
  EXPECT_EQ(body("  return 1").payload, 1);
}

TEST_F(Sandbox, Boto3ReachesTheGatewayUnchanged) {
  HttpStub gateway([](const StubRequest&) {
    return http_response(200, "text/xml",
                         "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></"
                         "GetCallerIdentityResult></GetCallerIdentityResponse>");
  });
  ScriptResult result =
      run(script("import boto3\ndef handler(e, c):\n  return boto3.client('sts').get_caller_identity()['Account']"),
          {.unix_socket = gateway.path(), .token = "run-7"});
  EXPECT_EQ(result.payload, "111122223333") << result.error;
  ASSERT_EQ(gateway.requests().size(), 1u);
  const std::string head = gateway.requests()[0].head;
  EXPECT_NE(head.find("X-Setpoint-Execution: run-7"), std::string::npos) << head;
  EXPECT_NE(head.find("X-Setpoint-Service: sts"), std::string::npos);
  EXPECT_NE(head.find("X-Setpoint-Operation: GetCallerIdentity"), std::string::npos);
  EXPECT_NE(head.find("/eu-west-1/sts/aws4_request"), std::string::npos);
}

TEST_F(Sandbox, ExceptionsPaginatorsWaitersAndResourcesWork) {
  HttpStub gateway([](const StubRequest& request) {
    if (request.head.find("X-Setpoint-Operation: HeadBucket") != std::string::npos)
      return http_response(200, "text/xml", "");
    if (request.head.find("X-Setpoint-Operation: DescribeDocument") != std::string::npos) {
      return http_response(400, "application/x-amz-json-1.1", R"({"__type": "InvalidDocument", "message": "no"})");
    }
    bool second = request.body.find("NextToken") != std::string::npos;
    return http_response(
        200, "application/x-amz-json-1.1",
        second ? R"({"Parameters": [{"Name": "b"}]})" : R"({"Parameters": [{"Name": "a"}], "NextToken": "t"})");
  });
  ScriptResult result =
      run(script("import boto3\ndef handler(e, c):\n  ssm = boto3.Session(region_name='us-east-1').client('ssm', "
                 "endpoint_url='https://ssm.us-east-1.amazonaws.com')\n"
                 "  names = [p['Name'] for page in ssm.get_paginator('describe_parameters').paginate() for p in "
                 "page['Parameters']]\n"
                 "  try:\n    ssm.describe_document(Name='x')\n  except ssm.exceptions.InvalidDocument as error:\n    "
                 "names.append(type(error).__name__)\n"
                 "  boto3.resource('s3').Bucket('my-bucket').wait_until_exists()\n  return names"),
          {.unix_socket = gateway.path(), .token = "t"});
  EXPECT_EQ(result.payload, Json::parse(R"(["a", "b", "InvalidDocument"])")) << result.error;
}

TEST_F(Sandbox, WhatAScriptAddsToOneClientStaysThere) {
  ScriptResult result = body(
      "  import boto3\n  one = boto3.client('ec2')\n  other = boto3.session.Session().client('ec2')\n"
      "  type(one).describe_vpcs = lambda self: 'mine'\n  type(one).mine_too = 1\n"
      "  return [one.describe_vpcs(), hasattr(other, 'mine_too'), type(other).describe_vpcs is "
      "type(one).describe_vpcs,\n"
      "          type(other).describe_vpcs.__name__, other.meta.method_to_api_mapping['describe_vpcs']]");
  EXPECT_EQ(result.payload, Json::parse(R"(["mine", false, false, "describe_vpcs", "DescribeVpcs"])")) << result.error;
}

TEST_F(Sandbox, WithoutAGatewayACallFailsClearly) {
  ScriptResult result =
      run(script("import boto3\ndef handler(e, c):\n  return boto3.client('sts').get_caller_identity()"),
          {.unix_socket = "/nonexistent"});
  EXPECT_EQ(result.ending, Ending::raised);
  EXPECT_EQ(result.error_type, "EndpointConnectionError") << result.error;
}

TEST_F(Sandbox, ManyScriptsRunAtOnce) {
  std::vector<std::thread> threads;
  std::vector<Json> results(12);
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&results, i] {
      results[static_cast<std::size_t>(i)] =
          run(script("import time\ndef handler(e, c):\n  time.sleep(0.1)\n  return e['i']", {{"i", i}})).payload;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 12; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)], i);
}

TEST(SandboxOff, RunsWithLimitsOnly) {
  auto runner = ScriptRunner::start({.sandbox = false});
  ASSERT_TRUE(runner) << runner.error().text();
  EXPECT_FALSE(runner->sandboxed());
  ScriptRequest request;
  request.runtime = "python3.11";
  request.handler = "h";
  request.script = "import subprocess\ndef h(e, c):\n  subprocess.Popen(['sleep', '61'])\n  while True: pass";
  request.timeout = base::Milliseconds(200);
  auto result = runner->run(request, {});
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->ending, Ending::timed_out);
}

TEST(SandboxMissing, RefusesAndSaysWhatToDo) {
  auto runner = ScriptRunner::start({.bubblewrap = "/nonexistent/bwrap"});
  ASSERT_FALSE(runner);
  EXPECT_EQ(runner.error().code, base::ErrorCode::unsupported);
  EXPECT_NE(runner.error().text().find("runbook.sandbox: off"), std::string::npos);
}

TEST(SandboxMissing, PowerShellNeedsPwsh) {
  auto runner = ScriptRunner::start({.sandbox = false, .powershell = "/nonexistent/pwsh"});
  ASSERT_TRUE(runner);
  ScriptRequest request;
  request.runtime = "PowerShell 7.4";
  request.script = "1";
  auto result = runner->run(request, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::ErrorCode::unsupported);
}

}  // namespace
}  // namespace setpoint::runbook
