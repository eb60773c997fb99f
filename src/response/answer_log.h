// AnswerLog: what the world answered to one program, in order and on disk. After a crash the program runs again from
// its start and is fed the kept answers until they end. Answers wait in memory until the owner's next commit, so a read
// costs no flush, and the intent of a changing call is on disk, with all that led to it, before it leaves.
//
//   if (auto kept = log.replay("call", site); *kept) return **kept;      // asked before
//   log.keep("call", site, answer);
//   batch.state.documents = log.pending_documents(); ... append ...; log.committed();
//
// The answers of one commit share documents of at most kChunkBytesMax, roughly. Threads: one owner.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "journal/append_log.h"
#include "response/ports.h"

namespace setpoint::response {

inline constexpr char kAnswerSpace[] = "answers";  // by owner + "/" + number of the first answer in it

// Kinds of answers.
inline constexpr std::string_view kCall = "call";
inline constexpr std::string_view kTime = "time";
inline constexpr std::string_view kSleep = "sleep";
inline constexpr std::string_view kScript = "script";
inline constexpr std::string_view kStep = "step";
inline constexpr std::string_view kSignal = "signal";
inline constexpr std::string_view kChild = "child";
inline constexpr std::string_view kWebhook = "webhook";

class AnswerLog {
 public:
  explicit AnswerLog(std::string owner) : owner_(std::move(owner)) {}

  // Reads the answers of an earlier, interrupted process. corrupted where fewer than `count` are there.
  base::Status load(const Records& records, std::size_t count);

  bool replaying() const { return next_ < kept_.size(); }
  // The next kept answer. Corrupted where the program asks another question than it did before.
  base::Result<std::optional<base::Json>> replay(std::string_view kind, const std::string& site);
  // The next kept answer where it is this one; for questions that are not kept every time.
  std::optional<base::Json> replay_if(std::string_view kind, const std::string& site);
  // The kept answer of this kind and site wherever it stands further on, passing over those before it; nullopt, and
  // nothing passed over, where there is none.
  std::optional<base::Json> replay_to(std::string_view kind, const std::string& site);
  void keep(std::string_view kind, const std::string& site, base::Json value);

  std::vector<journal::DocumentWrite> pending_documents() const;
  void committed();
  // Of all answers, those that the next commit makes durable included.
  std::size_t count() const { return durable_ + pending_.size(); }

 private:
  std::string owner_;
  std::vector<base::Json> kept_;  // loaded, to be replayed
  std::size_t next_ = 0;
  std::vector<base::Json> pending_;
  std::size_t durable_ = 0;
};

}  // namespace setpoint::response
