// The standards as the engine sees them: judge a resource, look a control up. app/ implements it over standards/.
#pragma once

#include <string>
#include <vector>

#include "model/control.h"
#include "response/ports.h"

namespace setpoint::engine {

class Controls : public response::Judge {
 public:
  virtual const model::Control* find(const std::string& id) const = 0;  // nullptr where there is none
  virtual std::vector<std::string> ids() const = 0;
};

}  // namespace setpoint::engine
