#include "runbook/sandbox/launcher.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <future>
#include <mutex>

#include "runbook/sandbox/runner_text.h"
#include "runbook/sandbox/seccomp_filter.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

// Where the descriptors stand in the new process.
constexpr int kControl = 3;
constexpr int kSeccomp = 4;
constexpr int kRunner = 5;
constexpr int kStartMillisecondsMax = 30'000;
constexpr uid_t kNobody = 65534;

using Arguments = std::vector<std::string>;

Arguments bubblewrap_arguments(const SandboxOptions& options) {
  Arguments out = {options.bubblewrap,
                   "--unshare-all",
                   "--unshare-user",
                   "--die-with-parent",
                   "--new-session",
                   "--clearenv",
                   "--hostname",
                   "script",
                   "--ro-bind",
                   "/usr",
                   "/usr"};
  for (const char* path : {"/lib", "/lib64", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/python3", "/etc/python3.11",
                           "/etc/ssl", "/etc/alternatives"}) {
    out.insert(out.end(), {"--ro-bind-try", path, path});
  }
  out.insert(out.end(), {"--proc",
                         "/proc",
                         "--dev",
                         "/dev",
                         "--perms",
                         "0700",
                         "--tmpfs",
                         "/tmp",
                         "--ro-bind-data",
                         std::to_string(kRunner),
                         "/runner.py",
                         "--remount-ro",
                         "/",
                         "--chdir",
                         "/tmp",
                         "--setenv",
                         "PATH",
                         "/usr/bin:/bin",
                         "--setenv",
                         "LANG",
                         "C.UTF-8",
                         "--setenv",
                         "HOME",
                         "/tmp",
                         "--setenv",
                         "AWS_EC2_METADATA_DISABLED",
                         "true"});
  return out;
}

Arguments arguments_of(const SandboxOptions& options) {
  Arguments out = options.sandbox ? bubblewrap_arguments(options) : Arguments();
  std::string runner = options.sandbox ? "/runner.py" : fmt::format("/proc/self/fd/{}", kRunner);
  out.insert(out.end(), {options.python, "-I", "-B", runner, std::to_string(kControl),
                         options.sandbox ? "sandbox" : "open", std::to_string(kSeccomp)});
  return out;
}

Result<Descriptor> memory_file(const char* name, std::string_view bytes) {
  Descriptor file(memfd_create(name, MFD_CLOEXEC));
  if (!file || write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
      lseek(file.get(), 0, SEEK_SET) != 0) {
    return fail(ErrorCode::unsupported, "no memory file for {}: {}", name, std::strerror(errno));
  }
  return file;
}

// As root the scripts would keep root's identity under another number; as nobody they own nothing, and limits on
// processes count.
bool become_nobody() {
  return setgroups(0, nullptr) == 0 && setresgid(kNobody, kNobody, kNobody) == 0 &&
         setresuid(kNobody, kNobody, kNobody) == 0;
}

// Above the places that they are to take, so that none is overwritten before it is moved.
bool place_descriptors(const std::array<int, 4>& from) {
  constexpr std::array<int, 4> kTo = {kControl, kSeccomp, kRunner, STDERR_FILENO};
  std::array<int, 4> high{};
  for (std::size_t i = 0; i < from.size(); ++i) high[i] = fcntl(from[i], F_DUPFD, 64);
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (high[i] < 0 || dup2(high[i], kTo[i]) < 0) return false;
  }
  return close_range(kRunner + 1, ~0U, 0) == 0;
}

// Between fork and exec: nothing that allocates.
[[noreturn]] void become(char* const* arguments, const std::array<int, 4>& descriptors, pid_t parent) {
  int null = open("/dev/null", O_RDWR);
  bool placed = dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0 && place_descriptors(descriptors);
  bool demoted = geteuid() != 0 || become_nobody();
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // after the change of identity, which clears it
  if (placed && demoted && getppid() == parent && chdir("/") == 0) execv(arguments[0], arguments);
  _exit(127);
}

pid_t spawn(const Arguments& arguments, const std::array<int, 4>& descriptors) {
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0) become(raw.data(), descriptors, parent);
  return pid;
}

bool says_ready(int control) {
  pollfd entry{control, POLLIN, 0};
  char message[16];
  return poll(&entry, 1, kStartMillisecondsMax) == 1 && recv(control, message, sizeof(message), 0) == 5 &&
         std::string_view(message, 5) == "ready";
}

std::string last_line(int pipe) {
  char text[4096];
  fcntl(pipe, F_SETFL, O_NONBLOCK);
  ssize_t size = read(pipe, text, sizeof(text));
  if (size <= 0) return "no reason was given";
  std::string_view lines(text, static_cast<std::size_t>(size));
  while (lines.ends_with('\n')) lines.remove_suffix(1);
  return std::string(lines.substr(lines.rfind('\n') + 1));
}

}  // namespace

Result<WarmParent> WarmParent::start(const SandboxOptions& options) {
  const std::string& program = options.sandbox ? options.bubblewrap : options.python;
  if (access(program.c_str(), X_OK) != 0)
    return fail(ErrorCode::unsupported, "{} cannot be run: {}", program, std::strerror(errno));
  TRY(std::string filter, seccomp_program());
  TRY(Descriptor filter_file, memory_file("seccomp", filter));
  TRY(Descriptor runner_file, memory_file("runner", runner_text()));
  int pair[2];
  int errors[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    return fail(ErrorCode::unsupported, "socketpair: {}", std::strerror(errno));
  Descriptor ours(pair[0]), theirs(pair[1]);
  if (pipe2(errors, O_CLOEXEC) != 0) return fail(ErrorCode::unsupported, "pipe: {}", std::strerror(errno));
  Descriptor errors_out(errors[0]), errors_in(errors[1]);
  Process process =
      Process::started(arguments_of(options), {theirs.get(), filter_file.get(), runner_file.get(), errors_in.get()});
  if (process.pid < 0) return fail(ErrorCode::unsupported, "no process or thread more can be started");
  WarmParent out(std::move(process), std::move(ours));
  theirs.reset();
  errors_in.reset();
  if (!says_ready(out.control()))
    return fail(ErrorCode::unsupported, "the script interpreter did not start: {}", last_line(errors_out.get()));
  return out;
}

WarmParent::Process WarmParent::Process::started(std::vector<std::string> arguments, std::array<int, 4> descriptors) {
  std::promise<pid_t> promise;
  std::future<pid_t> pid = promise.get_future();
  try {
    std::jthread thread(
        [promise = std::move(promise), arguments = std::move(arguments), descriptors](std::stop_token ended) mutable {
          promise.set_value(spawn(arguments, descriptors));
          std::mutex mutex;
          std::unique_lock lock(mutex);
          std::condition_variable_any().wait(lock, ended, [] { return false; });
        });
    return {pid.get(), std::move(thread)};
  } catch (const std::system_error&) {
    return {-1, std::jthread()};
  }
}

WarmParent& WarmParent::operator=(WarmParent&& other) noexcept {
  stop();
  process_.pid = std::exchange(other.process_.pid, -1);
  process_.forked_by = std::move(other.process_.forked_by);
  control_ = std::move(other.control_);
  return *this;
}

WarmParent::~WarmParent() { stop(); }

void WarmParent::stop() {
  control_.reset();
  if (process_.pid < 0) return;
  kill(process_.pid, SIGKILL);
  waitpid(process_.pid, nullptr, 0);
  process_.pid = -1;
}

}  // namespace setpoint::runbook
