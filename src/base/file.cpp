#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace setpoint::base {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

Error from_errno(const std::string& path, std::string_view doing) {
  ErrorCode code = errno == ENOENT   ? ErrorCode::not_found
                   : errno == EACCES ? ErrorCode::access_denied
                                     : ErrorCode::unavailable;
  return {code, fmt::format("cannot {}: {}", doing, std::strerror(errno)), path, {}, {}};
}

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(from_errno(path, "write"));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (!file.ok() || ::fstat(file.get(), &info) != 0) return fail(from_errno(path, "open"));
  if (S_ISDIR(info.st_mode)) return fail({ErrorCode::invalid_input, "is a folder, not a file", path, {}, {}});
  std::string out;
  char buffer[1 << 16];
  while (true) {
    ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(from_errno(path, "read"));
    if (got == 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
    if (out.size() > bytes_max) {
      return fail({ErrorCode::limit_exceeded, fmt::format("larger than {} bytes", bytes_max), path, {}, {}});
    }
  }
}

Status write_file_durably(const std::string& path, std::string_view bytes, unsigned mode) {
  std::string temporary = path + ".new";
  {
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!file.ok()) return fail(from_errno(temporary, "create"));
    TRY_VOID(write_all(file.get(), bytes, temporary));
    if (::fsync(file.get()) != 0) return fail(from_errno(temporary, "flush"));
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return fail(from_errno(path, "rename"));
  std::string folder = std::filesystem::path(path).parent_path().string();
  Descriptor parent(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.ok() || ::fsync(parent.get()) != 0) return fail(from_errno(folder, "flush"));
  return {};
}

}  // namespace setpoint::base
