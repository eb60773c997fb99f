#include "engine/offline_scan.h"

#include "intake/intake.h"

namespace setpoint::engine {

void judge_offline(const Controls& controls, const model::Resource& resource, const ScanWatch& watch,
                   ScanSummary& out) {
  for (const response::ControlJudgement& judged : controls.judge(resource)) {
    const model::Control* control = controls.find(judged.control);
    if (control == nullptr) continue;
    out.count(*control, resource, judged.judgement.verdict);
    if (watch.judged) watch.judged(*control, resource, judged.judgement);
  }
}

base::Status scan_offline(const Controls& controls, const std::string& path, const ScanWatch& watch, ScanSummary& out) {
  return intake::Intake().read_file(path, [&](intake::Batch&& part) -> base::Status {
    out.refused.insert(out.refused.end(), part.refused.begin(), part.refused.end());
    out.imported_events += part.events.size();
    out.imported_findings += part.findings.size();
    for (const model::Resource& resource : part.resources) judge_offline(controls, resource, watch, out);
    out.resources += part.resources.size();
    if (watch.progress) watch.progress({out.resources, 0, 0, path});
    return {};
  });
}

}  // namespace setpoint::engine
