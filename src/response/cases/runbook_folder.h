// A runbook's folder: document.yaml, what it promises (about.yaml), what it may do (policy.json), and its cases.
//
// about.yaml, beside the document so that the document stays a plain SSM document:
//   runbook: Setpoint-EnableS3PublicAccessBlock
//   rationale: Why the call is right, and what goes wrong without it.
//   effects:                       # every changing call that it may make, and what that does to whom
//     s3:PutPublicAccessBlock: Public policies and ACLs of the bucket no longer count.
//   undo: exact                    # exact | partly | irreversible: of the cases that change something, all, some, none
//   way_back: How a person undoes it, or why nobody can.
//   contains: {expires: ExpireAfter}   # of a containment: the parameter that bounds it in time
//
// The cases hold it to that: a changing call that `effects` does not name, one that it names and no case makes, an undo
// that is not the one promised. Schema: content/schemas/runbook-about.schema.json.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "response/cases/runbook_case.h"
#include "runbook/document.h"

namespace setpoint::response {

enum class UndoPromise { exact, partly, irreversible };
std::string_view to_string(UndoPromise promise);

struct RunbookAbout {
  std::string rationale;
  std::map<std::string, std::string> effects;  // "s3:PutPublicAccessBlock" -> what it does
  UndoPromise undo = UndoPromise::exact;
  std::string way_back;
  std::string expires;  // parameter; "" for what is no containment
};

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
