// The standards as the engine sees them: judge a resource, look a control up. app/ implements it over standards/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/control.h"
#include "response/ports.h"

namespace setpoint::engine {

class Controls : public response::Judge {
 public:
  // By one control; nullopt where there is none.
  virtual std::optional<model::Judgement> judge_by(const std::string& control,
                                                   const model::Resource& resource) const = 0;
  virtual const model::Control* find(const std::string& id) const = 0;  // nullptr where there is none
  virtual std::vector<std::string> ids() const = 0;
};

}  // namespace setpoint::engine
