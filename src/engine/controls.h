// The standards as the engine sees them: judge a resource, look a control up. app/ implements it over standards/.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/control.h"
#include "response/ports.h"

namespace setpoint::engine {

class Controls : public response::Judge {
 public:
  // As a template declares it, before anything is deployed: marked texts are unknown, what is not told is UNKNOWN.
  // `told`: does the item say what stands at the place (segments of a JSON pointer, "*" for any; with all below)?
  using Told = std::function<bool(const std::vector<std::string>& segments, bool deep)>;
  virtual std::vector<response::ControlJudgement> judge_declared(const model::Resource& resource,
                                                                 const Told& told) const = 0;
  // By one control; nullopt where there is none.
  virtual std::optional<model::Judgement> judge_by(const std::string& control,
                                                   const model::Resource& resource) const = 0;
  virtual const model::Control* find(const std::string& id) const = 0;  // nullptr where there is none
  virtual std::vector<std::string> ids() const = 0;
};

}  // namespace setpoint::engine
