// Recorder: the durable memory of one run: its record, its answers (answer_log.h) and its journal entries, committed
// together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "response/answer_log.h"
#include "response/run.h"
#include "runbook/host.h"

namespace setpoint::response {

class Recorder {
 public:
  Recorder(journal::Journal& journal, Run run) : journal_(journal), run_(std::move(run)), log_(run_.id) {}

  // Reads the answers of an earlier, interrupted process.
  base::Status load(const Records& records) { return log_.load(records, run_.answers); }

  Run& run() { return run_; }
  bool replaying() const { return log_.replaying(); }
  base::Result<std::optional<base::Json>> replay(std::string_view kind, const std::string& site) {
    return log_.replay(kind, site);
  }
  std::optional<base::Json> replay_to(std::string_view kind, const std::string& site) {
    return log_.replay_to(kind, site);
  }
  void keep(std::string_view kind, const std::string& site, base::Json value) {
    log_.keep(kind, site, std::move(value));
  }

  // Goes with the next commit.
  void add_state(std::vector<journal::DocumentWrite> documents) { more_ = std::move(documents); }

  // The run, the answers kept since the last commit and `entries`, in one transaction, flushed when it returns.
  base::Status commit(std::vector<journal::EntryDraft> entries);

 private:
  journal::Journal& journal_;
  Run run_;
  AnswerLog log_;
  std::vector<journal::DocumentWrite> more_;
};

// How an answer of the cloud is kept: {"output": ...} or {"error": {...}}.
base::Json kept_form(const base::Result<base::Json>& answer);
base::Result<base::Json> from_kept(const base::Json& kept);
base::Json kept_script(const base::Result<runbook::ScriptResult>& answer);
base::Result<runbook::ScriptResult> script_from_kept(const base::Json& kept);
base::Json error_json(const base::Error& error);

}  // namespace setpoint::response
