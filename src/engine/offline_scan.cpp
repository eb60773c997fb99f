#include "engine/offline_scan.h"

#include "engine/gathering.h"
#include "engine/judging_line.h"
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
  ScanSummary counted;
  JudgingLine line([&](intake::Batch&& batch) -> base::Status {
    for (const model::Resource& resource : batch.resources) judge_offline(controls, resource, watch, counted);
    return {};
  });
  Gathering gathering([&](intake::Batch&& batch) -> base::Status {
    out.refused.insert(out.refused.end(), batch.refused.begin(), batch.refused.end());
    out.imported_events += batch.events.size();
    out.imported_findings += batch.findings.size();
    out.resources += batch.resources.size();
    if (watch.progress) watch.progress({out.resources, 0, 0, path});
    return line.hand_on(std::move(batch));
  });
  base::Status read =
      intake::Intake().read_file(path, [&](intake::Batch&& part) { return gathering.take(std::move(part)); });
  base::Status gathered = gathering.flush();
  base::Status done = line.finish();
  out.add(std::move(counted));
  TRY_VOID(gathered);
  TRY_VOID(done);
  return read;
}

}  // namespace setpoint::engine
