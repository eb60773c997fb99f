#include "intake/bytes.h"

#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "intake/limits.h"

namespace setpoint::intake {

using base::ErrorCode;
using base::fail;

namespace {

class MemoryBytes final : public ByteSource {
 public:
  explicit MemoryBytes(std::string_view bytes) : rest_(bytes) {}
  base::Result<std::string_view> next() override {
    std::string_view out = rest_.substr(0, kChunkBytes);
    rest_.remove_prefix(out.size());
    return out;
  }

 private:
  std::string_view rest_;
};

class FileBytes final : public ByteSource {
 public:
  FileBytes(std::FILE* file, std::string path) : file_(file), path_(std::move(path)), chunk_(kChunkBytes, '\0') {}
  ~FileBytes() override {
    if (file_ != stdin) std::fclose(file_);
  }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  base::Result<std::string_view> next() override {
    std::size_t count = std::fread(chunk_.data(), 1, chunk_.size(), file_);
    if (count == 0 && std::ferror(file_))
      return fail(ErrorCode::unavailable, "cannot read {}: {}", path_, std::strerror(errno));
    return std::string_view(chunk_).substr(0, count);
  }

 private:
  std::FILE* file_;
  std::string path_;
  std::string chunk_;
};

class Inflater final : public ByteSource {
 public:
  explicit Inflater(std::unique_ptr<ByteSource> inner) : inner_(std::move(inner)), out_(kChunkBytes, '\0') {}
  ~Inflater() override {
    if (state_ == State::inside || state_ == State::between) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  base::Result<std::string_view> next() override {
    if (state_ == State::start) TRY_VOID(look());
    if (state_ == State::plain) return plain();
    return inflate_some();
  }

 private:
  enum class State { start, plain, inside, between };

  base::Status look() {
    while (head_.size() < 2) {
      TRY(std::string_view more, inner_->next());
      if (more.empty()) break;
      head_ += more;
    }
    bool gzip = head_.size() >= 2 && head_[0] == '\x1f' && head_[1] == '\x8b';
    state_ = gzip ? State::inside : State::plain;
    if (gzip && inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK)
      return fail(ErrorCode::limit_exceeded, "no memory to inflate");
    feed(head_);
    return {};
  }

  base::Result<std::string_view> plain() {
    if (!head_given_) {
      head_given_ = true;
      if (!head_.empty()) return std::string_view(head_);
    }
    return inner_->next();
  }

  void feed(std::string_view bytes) {
    // zlib's interface is not const-correct; it only reads.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
  }

  // False at the end of the input.
  base::Result<bool> refill() {
    if (stream_.avail_in > 0) return true;
    TRY(std::string_view more, inner_->next());
    feed(more);
    return !more.empty();
  }

  base::Result<std::string_view> inflate_some() {
    while (true) {
      TRY(bool more, refill());
      if (!more && state_ == State::between) return std::string_view();
      if (!more) return fail(ErrorCode::invalid_input, "the gzip stream ends too early");
      if (state_ == State::between) TRY_VOID(next_member());
      TRY(std::string_view got, inflate_once());
      if (!got.empty()) return got;
    }
  }

  base::Status next_member() {
    if (inflateReset(&stream_) != Z_OK) return fail(ErrorCode::invalid_input, "the gzip stream is damaged");
    state_ = State::inside;
    return {};
  }

  base::Result<std::string_view> inflate_once() {
    stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
    stream_.avail_out = static_cast<uInt>(out_.size());
    int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END)
      state_ = State::between;
    else if (code != Z_OK && code != Z_BUF_ERROR)
      return fail(ErrorCode::invalid_input, "the gzip stream is damaged");
    std::size_t count = out_.size() - stream_.avail_out;
    total_ += count;
    if (total_ > kInflatedBytesMax)
      return fail(ErrorCode::limit_exceeded, "inflates to more than {} bytes", kInflatedBytesMax);
    return std::string_view(out_).substr(0, count);
  }

  std::unique_ptr<ByteSource> inner_;
  State state_ = State::start;
  std::string head_;
  bool head_given_ = false;
  z_stream stream_{};
  std::string out_;
  std::uint64_t total_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> from_memory(std::string_view bytes) { return std::make_unique<MemoryBytes>(bytes); }

base::Result<std::unique_ptr<ByteSource>> from_file(const std::string& path) {
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rbe");
  if (file == nullptr) {
    ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::access_denied;
    return fail(base::Error{code, fmt::format("cannot open: {}", std::strerror(errno)), path, {}, {}});
  }
  return std::unique_ptr<ByteSource>(std::make_unique<FileBytes>(file, path));
}

std::unique_ptr<ByteSource> inflated(std::unique_ptr<ByteSource> inner) {
  return std::make_unique<Inflater>(std::move(inner));
}

}  // namespace setpoint::intake
