#include "twin/durable_state.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"

namespace setpoint::twin {

namespace {

using base::Json;

std::string line_of(const StateKey& key, const Json* document, std::uint64_t counter) {
  Json line = {{"key", key.text()}, {"document", document ? *document : Json()}, {"ids", counter}};
  return base::canonical(line) + "\n";
}

base::Status apply_line(std::string_view text, State& state) {
  TRY(Json line, base::parse_json(text));
  std::string key = base::string_member(line, "key");
  if (std::count(key.begin(), key.end(), '/') < 3)
    return base::fail(base::ErrorCode::corrupted, "a line without a key");
  const Json& document = base::member(line, "document");
  if (document.is_null()) {
    state.erase(state_key_from_text(key));
  } else {
    state.put(state_key_from_text(key), document);
  }
  const Json& ids = base::member(line, "ids");
  if (ids.is_number_unsigned()) state.set_id_counter(ids.get<std::uint64_t>());
  return {};
}

base::Status apply_file(const std::string& path, State& state) {
  if (access(path.c_str(), F_OK) != 0) return {};
  TRY(std::string text, base::read_file(path));
  std::string_view rest = text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return {};  // cut off by a crash: never acknowledged
    if (base::Status applied = apply_line(rest.substr(0, end), state); !applied) {
      return base::fail(base::Error{base::ErrorCode::corrupted,
                                    applied.error().message,
                                    fmt::format("{}:{}", path, number),
                                    "restore the folder from a copy, or start with an empty one",
                                    {}});
    }
    rest.remove_prefix(end + 1);
  }
  return {};
}

base::Status write_snapshot(const std::string& path, const State& state) {
  std::string text;
  state.each([&](const StateKey& key, const Json& document) { text += line_of(key, &document, state.id_counter()); });
  return base::write_file_durably(path, text);
}

tl::unexpected<base::Error> system_failure(const std::string& path) {
  return base::fail(base::Error{
      base::ErrorCode::unavailable, std::strerror(errno), path, "the folder must exist and be writable", {}});
}

}  // namespace

DurableState::DurableState(DurableState&& other) noexcept
    : state_(std::move(other.state_)),
      fresh_(other.fresh_),
      log_(std::exchange(other.log_, -1)),
      lock_(std::exchange(other.lock_, -1)) {}

DurableState::~DurableState() {
  if (log_ >= 0) close(log_);
  if (lock_ >= 0) close(lock_);
}

base::Result<DurableState> DurableState::open(const std::string& directory) {
  DurableState store;
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return system_failure(directory);
  store.lock_ = ::open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (store.lock_ < 0) return system_failure(directory + "/lock");
  if (flock(store.lock_, LOCK_EX | LOCK_NB) != 0) {
    return base::fail(base::Error{base::ErrorCode::conflict,
                                  "another process uses this state",
                                  directory,
                                  "stop it, or name another folder",
                                  {}});
  }
  std::string snapshot = directory + "/state.ndjson", changes = directory + "/changes.ndjson";
  TRY_VOID(apply_file(snapshot, store.state_));
  TRY_VOID(apply_file(changes, store.state_));
  store.fresh_ = store.state_.size() == 0;
  TRY_VOID(write_snapshot(snapshot, store.state_));
  store.log_ = ::open(changes.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (store.log_ < 0) return system_failure(changes);
  return store;
}

base::Status DurableState::record(const State& before, const State& after) {
  std::string text;
  for (const StateKey& key : changed(before, after)) text += line_of(key, after.find(key), after.id_counter());
  for (std::size_t done = 0; done < text.size();) {
    ssize_t wrote = ::write(log_, text.data() + done, text.size() - done);
    if (wrote < 0 && errno != EINTR) return system_failure("changes.ndjson");
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
  if (!text.empty() && fdatasync(log_) != 0) return system_failure("changes.ndjson");
  return {};
}

}  // namespace setpoint::twin
