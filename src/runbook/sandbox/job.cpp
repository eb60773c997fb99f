#include "runbook/sandbox/job.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/digest.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Milliseconds;
using base::Result;
using Steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t kMessageBytesMax = 512u << 10;
constexpr int kSocketBufferBytes = 1 << 20;

Json request_json(const ScriptRequest& request, const GatewayAddress& gateway, const SandboxOptions& options) {
  Json out = {{"script", request.script},
              {"handler", request.handler},
              {"payload", request.payload},
              {"context", request.context},
              {"region", request.region},
              {"account", request.account},
              {"token", gateway.token},
              {"timeout_ms", request.timeout.count()},
              {"memory_bytes_max", options.memory_bytes_max},
              {"processes_max", options.processes_max},
              {"file_bytes_max", options.file_bytes_max}};
  if (!request.attachment.empty()) {
    out["attachment"] = base::to_base64(request.attachment);
    out["module"] = request.attachment_module;
  }
  if (request.runtime.starts_with("PowerShell")) out["powershell"] = options.powershell;
  return out;
}

bool runs_here(const std::string& program) {
  if (program.find('/') != std::string::npos) return access(program.c_str(), X_OK) == 0;
  return access(("/usr/bin/" + program).c_str(), X_OK) == 0;
}

Result<Descriptor> file_of(const std::string& text) {
  Descriptor file(memfd_create("request", MFD_CLOEXEC));
  std::size_t written = 0;
  while (file && written < text.size()) {
    ssize_t size = write(file.get(), text.data() + written, text.size() - written);
    if (size <= 0) return fail(ErrorCode::limit_exceeded, "no memory for a script's request: {}", std::strerror(errno));
    written += static_cast<std::size_t>(size);
  }
  return file;
}

Descriptor connect_unix(const std::string& path) {
  sockaddr_un address{};
  if (path.size() >= sizeof(address.sun_path)) return Descriptor();
  Descriptor out(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (out && connect(out.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) out.reset();
  return out;
}

Descriptor connect_loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Descriptor out(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (out && connect(out.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) out.reset();
  return out;
}

ScriptResult::Ending ending_of(const std::string& name) {
  using Ending = ScriptResult::Ending;
  if (name == "returned") return Ending::returned;
  if (name == "exited") return Ending::exited;
  if (name == "over_memory") return Ending::over_memory;
  if (name == "over_output") return Ending::over_output;
  return Ending::raised;
}

}  // namespace

Result<Job> Job::create(const ScriptRequest& request, const GatewayAddress& gateway, const SandboxOptions& options) {
  if (request.runtime.starts_with("PowerShell") && !runs_here(options.powershell)) {
    return fail({ErrorCode::unsupported,
                 "this step needs PowerShell, which is not installed",
                 {},
                 "install pwsh, or write the step in Python",
                 {}});
  }
  Job out;
  out.gateway_ = gateway;
  out.log_bytes_max_ = options.log_bytes_max;
  out.timeout_ = request.timeout;
  TRY(out.request_, file_of(base::canonical(request_json(request, gateway, options))));
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    return fail(ErrorCode::unavailable, "socketpair: {}", std::strerror(errno));
  out.channel_.reset(pair[0]);
  out.their_channel_.reset(pair[1]);
  setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &kSocketBufferBytes, sizeof(kSocketBufferBytes));
  if (pipe2(pair, O_CLOEXEC) != 0) return fail(ErrorCode::unavailable, "pipe: {}", std::strerror(errno));
  out.log_.reset(pair[0]);
  out.their_log_.reset(pair[1]);
  fcntl(out.log_.get(), F_SETFL, O_NONBLOCK);
  return out;
}

bool Job::submit(int control) const {
  const int descriptors[] = {their_channel_.get(), their_log_.get(), request_.get()};
  return send_with_descriptors(control, "J", descriptors);
}

Result<ScriptResult> Job::wait() {
  their_channel_.reset();
  their_log_.reset();
  const auto deadline = Steady::now() + timeout_;
  bool in_time = true;
  bool open = true;
  while (open) {
    auto left = std::chrono::duration_cast<Milliseconds>(deadline - Steady::now()).count();
    in_time = left > 0;
    if (!in_time) break;
    pollfd entries[] = {{channel_.get(), POLLIN, 0}, {log_.get(), POLLIN, 0}};
    if (poll(entries, log_ ? 2 : 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) < 0 && errno != EINTR)
      break;
    if (log_ && entries[1].revents != 0) read_log();
    if (entries[0].revents != 0) open = read_message();
  }
  if (log_) read_log();
  return conclusion(in_time);
}

// Reads on past the bound, so that a script that prints gigabytes is neither kept waiting nor kept.
void Job::read_log() {
  char bytes[65536];
  ssize_t size = read(log_.get(), bytes, sizeof(bytes));
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) log_.reset();
  if (size <= 0) return;
  std::size_t room = log_bytes_max_ - std::min(log_bytes_max_, log_text_.size());
  log_text_.append(bytes, std::min(room, static_cast<std::size_t>(size)));
}

bool Job::read_message() {
  std::string message(kMessageBytesMax, '\0');
  ssize_t size = recv(channel_.get(), message.data(), message.size(), 0);
  // A reset comes first where the other side left a connection of ours untaken; what it had said before is still there.
  if (size <= 0) return size < 0 && (errno == EINTR || errno == ECONNRESET);
  message.resize(static_cast<std::size_t>(size));
  switch (message.front()) {
    case 'C':
      serve_connection();
      return true;
    case 'R':
      take_result(std::string_view(message).substr(1));
      return true;
    case 'X':
      take_end(std::string_view(message).substr(1));
      return false;
    default:
      return true;
  }
}

void Job::serve_connection() {
  Descriptor connection = gateway_.unix_socket.empty() ? Descriptor() : connect_unix(gateway_.unix_socket);
  if (!connection && gateway_.port != 0) connection = connect_loopback(gateway_.port);
  if (!connection) {
    send_with_descriptors(channel_.get(), "Ethe gateway takes no connection", {});
    return;
  }
  const int descriptors[] = {connection.get()};
  send_with_descriptors(channel_.get(), "F", descriptors);
}

// The script can write anything here: it is read as any bytes from outside are.
void Job::take_result(std::string_view json) {
  auto parsed = base::parse_json(json);
  if (!parsed || result_) return;
  ScriptResult out;
  out.ending = ending_of(base::string_member(*parsed, "ending"));
  out.error = base::string_member(*parsed, "error");
  out.error_type = base::string_member(*parsed, "error_type");
  if (out.ending == ScriptResult::Ending::returned) {
    auto payload = base::parse_json(base::string_member(*parsed, "payload"));
    if (payload) {
      out.payload = std::move(*payload);
    } else {
      out.ending = ScriptResult::Ending::raised;
      out.error = "what the script returned cannot be read: " + payload.error().text();
    }
  }
  result_ = std::move(out);
}

void Job::take_end(std::string_view json) {
  auto parsed = base::parse_json(json);
  end_ = parsed ? std::move(*parsed) : Json::object();
}

Result<ScriptResult> Job::conclusion(bool in_time) {
  std::string refused = base::string_member(end_, "refused");
  if (!refused.empty()) return fail(ErrorCode::unsupported, "the sandbox could not be made: {}", refused);
  ScriptResult out = result_.value_or(ScriptResult{});
  if (!result_) {
    out.ending = in_time ? ScriptResult::Ending::killed : ScriptResult::Ending::timed_out;
    const Json& signal = base::member(end_, "signal");
    const Json& code = base::member(end_, "code");
    out.error = signal.is_number() ? fmt::format("by signal {}", signal.dump())
                : code.is_number() ? fmt::format("it ended with code {}", code.dump())
                                   : "its process is gone";
    if (base::member(end_, "over_memory") == Json(true)) out.ending = ScriptResult::Ending::over_memory;
  }
  const Json& cpu = base::member(end_, "cpu_ms");
  if (cpu.is_number_integer()) out.cpu = Milliseconds(cpu.get<std::int64_t>());
  out.log = std::move(log_text_);
  return out;
}

}  // namespace setpoint::runbook
