// What a runbook promises.
//
// about.yaml, beside the document so that the document stays a plain SSM document:
//   runbook: Setpoint-EnableS3PublicAccessBlock
//   rationale: Why the call is right, and what goes wrong without it.
//   effects:                       # every changing call that it may make, and what that does to whom
//     s3:PutPublicAccessBlock: Public policies and ACLs of the bucket no longer count.
//   undo: exact                    # exact | partly | irreversible: of the cases that change something, all, some, none
//   way_back: How a person undoes it, or why nobody can.
//   contains:                      # of a containment: until when it holds, on what, and what takes it back
//     expires: ExpireAfter         # a parameter
//     resource: {type: "AWS::S3::Bucket", name: "{{ BucketName }}"}
//     release: {runbook: Setpoint-ReleaseBucket, with: {BucketName: "{{ BucketName }}"}}
//
// References in `contains` name the document's parameters and outputs. Schema: content/schemas/runbook-about.schema.json.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/diagnostic.h"
#include "response/ports.h"

namespace setpoint::response {

enum class UndoPromise { exact, partly, irreversible };
std::string_view to_string(UndoPromise promise);

struct RunbookAbout {
  std::string rationale;
  std::map<std::string, std::string> effects;  // "s3:PutPublicAccessBlock" -> what it does
  UndoPromise undo = UndoPromise::exact;
  std::string way_back;
  std::optional<ContainmentTerms> contains;  // of a containment
};

// The about.yaml of a runbook's folder; nullopt where there is none, or mistakes, which are in the diagnostics.
std::optional<RunbookAbout> read_about(const std::string& folder, base::Diagnostics& diagnostics);

// Of the runbook in that folder; nullopt for what is no containment. invalid_input where about.yaml has mistakes.
base::Result<std::optional<ContainmentTerms>> containment_terms_of(const std::string& folder);

}  // namespace setpoint::response
