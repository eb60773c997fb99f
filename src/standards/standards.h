// Standards: controls tied to rules and remedies (design section 6). Loads content/standards, compiles every rule once,
// judges resources.
//
//   base::Diagnostics diagnostics;
//   Standards standards = Standards::load("content/standards", diagnostics);     // what does not load is left out, and
//   said for (const Judged& judged : standards.judge(resource)) ...judged.control->id, judged.judgement.verdict...
//
// Verdicts: the rule's FAIL is NON_COMPLIANT with the evidence of every failing clause, PASS is COMPLIANT, SKIP is
// NOT_APPLICABLE, ERROR is UNKNOWN. A resource that could not be read, or lacks what the control `needs`, is UNKNOWN
// without asking the rule; a deleted one is NOT_APPLICABLE.
//
// Ownership: an immutable value; copies share it, and `control` pointers live as long as any copy. Threads: any number
// judge at once. Cost: only the controls whose `resources` name the resource's type are tried. Limits: guard/limits.h.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "guard/rule_set.h"
#include "model/control.h"

namespace setpoint::standards {

struct Judged {
  const model::Control* control = nullptr;
  model::Judgement judgement;
};

struct LoadOptions {
  // Control -> parameters that take the place of the control's own, name by name.
  base::Json parameters = base::Json::object();
  // Which controls to keep; empty = all.
  std::function<bool(const model::Control&)> select = {};
};

// Does the item say what stands at this place? Segments of a JSON pointer, "*" for any; `deep`: and all below.
using Told = std::function<bool(const std::vector<std::string>& segments, bool deep)>;

class Standards {
 public:
  // Every control.yaml below `directory`, in order of control id. A control that does not load, or whose rule does not
  // compile, is left out with a Diagnostic; the others work. Two controls of one id are an error, and the second is
  // left out.
  static Standards load(const std::string& directory, base::Diagnostics& diagnostics, const LoadOptions& options = {});

  std::span<const model::Control> controls() const;
  const model::Control* find(std::string_view id) const;                           // nullptr where there is none
  std::vector<const model::Control*> controls_about(std::string_view type) const;  // those that name the type
  const std::string& folder(std::string_view id) const;  // where the control was read; "" where there is none

  // What the control's rules read, sorted; empty where there is no such control.
  std::vector<guard::ReadPath> reads(std::string_view control) const;

  // With `surroundings.unknowns`, marked texts in the item are values not known yet (guard/unknown.h).
  std::vector<Judged> judge(const model::Resource& resource, const guard::Surroundings& surroundings = {}) const;
  // A resource as a template declares it: marked texts are unknown, and a control that reads what the template does not
  // tell is UNKNOWN, because of that place.
  std::vector<Judged> judge_declared(const model::Resource& resource, const Told& told,
                                     const guard::Surroundings& surroundings = {}) const;
  // Of one control; nullopt where there is none, NOT_APPLICABLE where it is not about such resources.
  std::optional<model::Judgement> judge(std::string_view control, const model::Resource& resource,
                                        const guard::Surroundings& surroundings = {}) const;

 private:
  struct Loaded;
  explicit Standards(std::shared_ptr<const Loaded> loaded) : loaded_(std::move(loaded)) {}
  std::shared_ptr<const Loaded> loaded_;
};

}  // namespace setpoint::standards
