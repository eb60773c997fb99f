// Recorder: the durable memory of one run. Each answer that the world gave to the program is kept in order; after a
// crash the program runs again from its start and is fed the kept answers until they end. Answers wait in memory until
// the next commit, so a read costs no flush, and the intent of a changing call is on disk, with all that led to it,
// before it leaves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "response/run.h"
#include "runbook/host.h"

namespace setpoint::response {

class Recorder {
 public:
  Recorder(journal::Journal& journal, Run run) : journal_(journal), run_(std::move(run)) {}

  // Reads the answers of an earlier, interrupted process.
  base::Status load(const Records& records);

  Run& run() { return run_; }
  bool replaying() const { return next_ < answers_.size(); }

  // The next kept answer. Corrupted where the program asks another question than it did before.
  base::Result<std::optional<base::Json>> replay(std::string_view kind, const std::string& site);
  // The kept answer of this kind and site wherever it stands further on, passing over those before it; nullopt, and
  // nothing passed over, where there is none.
  std::optional<base::Json> replay_to(std::string_view kind, const std::string& site);
  void keep(std::string_view kind, const std::string& site, base::Json value);

  // Goes with the next commit.
  void add_state(std::vector<journal::DocumentWrite> documents) { more_ = std::move(documents); }

  // The run, the answers kept since the last commit and `entries`, in one transaction, flushed when it returns.
  base::Status commit(std::vector<journal::EntryDraft> entries);

 private:
  journal::Journal& journal_;
  Run run_;
  std::vector<base::Json> answers_;  // loaded, to be replayed
  std::size_t next_ = 0;
  std::vector<base::Json> pending_;
  std::vector<journal::DocumentWrite> more_;
};

// How an answer of the cloud is kept: {"output": ...} or {"error": {...}}.
base::Json kept_form(const base::Result<base::Json>& answer);
base::Result<base::Json> from_kept(const base::Json& kept);
base::Json kept_script(const base::Result<runbook::ScriptResult>& answer);
base::Result<runbook::ScriptResult> script_from_kept(const base::Json& kept);
base::Json error_json(const base::Error& error);

}  // namespace setpoint::response
