// A runbook's folder: document.yaml, what it promises (about.yaml: runbook_about.h), what it may do (policy.json), and
// its cases.
//
// The cases hold it to that: a changing call that `effects` does not name, one that it names and no case makes, an undo
// that is not the one promised. Schema: content/schemas/runbook-about.schema.json.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "response/cases/runbook_about.h"
#include "response/cases/runbook_case.h"
#include "runbook/document.h"

namespace setpoint::response {

struct RunbookFolder {
  std::string path;
  std::string name;
  runbook::Document document;
  std::optional<RunbookAbout> about;  // a folder of somebody else's documents may have none
  base::Json policy;                  // null where there is no policy.json
  std::vector<RunbookCase> cases;
};

// The folders below `root` that hold a document.yaml or document.json, or `root` itself, in order of path. A folder
// with mistakes is left out and in the diagnostics.
std::vector<RunbookFolder> read_runbook_folders(const std::string& root, base::Diagnostics& diagnostics);

}  // namespace setpoint::response
