// A case beside a runbook: a small world, a run in it, and what must come of it. `setpoint runbook test` runs every
// one against the twin in the same process; a runbook is content that proves itself.
//
//   case: A bucket without the block gets all four settings
//   kind: non-compliant            # compliant | non-compliant | must-not-touch | failing | refused
//   parameters: {BucketName: orchard}
//   seed:                          # by type, in the words of a twin's seed (docs/twin.md)
//     AWS::S3::Bucket: [{Name: orchard}, {Name: neighbour}]
//   given:                         # optional: calls made before the run, for what a seed has no words for
//     - {call: ec2:EnableEbsEncryptionByDefault}
//   faults: ["s3:PutPublicAccessBlock=error(AccessDenied)*inf"]    # twin/faults.h; kind failing needs one
//   untouched: [AWS::S3::Bucket/neighbour]                         # kind must-not-touch needs one
//   expect:                        # comes last; `setpoint runbook test --update` writes it, its author reads the diff
//     status: Success              # of the execution; Refused where the parameters do not bind
//     failed: [PutPublicAccessBlock]                               # steps that failed, where some did
//     calls: [{step: ..., call: "s3:PutPublicAccessBlock", with: {...}}]   # every changing call, in order
//     changes: [{resource: AWS::S3::Bucket/orchard, fields: {/path: {from: ..., to: ...}}}]   # all that changed
//     outputs: {...}
//     undo: exact                  # none | exact | {irreversible: why}
//     after: {AWS::S3::Bucket/orchard: {...}}   # optional, by hand: part of the configuration item afterwards
//
// What holds of every case of a kind, whatever it expects: compliant changes nothing and succeeds; non-compliant
// changes something; must-not-touch leaves what it names under `untouched` as it was; failing does not succeed; refused
// makes no call.
//
// Threads: values. Limits: base::kYamlBytesMax a file. Schema: content/schemas/runbook-case.schema.json.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/json.h"
#include "model/plan.h"
#include "twin/faults.h"

#include <nlohmann/json.hpp>

namespace setpoint::response {

enum class CaseKind { compliant, non_compliant, must_not_touch, failing, refused };
std::string_view to_string(CaseKind kind);

struct RunbookCase {
  std::string path;
  std::string name;
  CaseKind kind = CaseKind::non_compliant;
  std::string account = "111122223333";
  std::string region = "eu-west-1";
  base::Json parameters = base::Json::object();
  base::Json seed = base::Json::object();  // type -> list
  std::vector<model::ApiCall> given;
  std::vector<twin::Fault> faults;
  std::vector<std::string> untouched;  // "TYPE/id"
  base::Json expect;                   // null before the first --update
};

std::optional<RunbookCase> parse_runbook_case(const base::SourceText& source, base::Diagnostics& diagnostics);
// folder/cases/*.yaml, in order of file name.
std::vector<RunbookCase> read_runbook_cases(const std::string& folder, base::Diagnostics& diagnostics);

// The text of a case file with `expect` in place of what it had; everything above stays as its author wrote it.
std::string with_expectation(const std::string& text, const base::Json& expect);

}  // namespace setpoint::response
