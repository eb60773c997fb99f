// What a Document holds; private to document.cpp and loader*.cpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runbook/document.h"

namespace setpoint::runbook {

struct Document::Data {
  std::string name;
  base::Digest digest;
  base::Json content;
  std::string description;
  std::string assume_role;
  std::vector<Parameter> parameters;
  std::vector<Variable> variables;
  std::vector<Step> steps;
  std::vector<std::string> outputs;
  std::vector<Attachment> attachments;
  std::map<std::string, const Step*, std::less<>> by_name;
};

}  // namespace setpoint::runbook
