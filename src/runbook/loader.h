// Authored text to Document::Data, in two readings: the shape (this file, loader_parameters.cpp, loader_steps.cpp),
// then what names refer to (references.h). Every mistake becomes a Diagnostic with its place.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "runbook/document_data.h"

namespace setpoint::runbook {

class Loader {
 public:
  Loader(std::string file, base::Diagnostics& diagnostics) : file_(std::move(file)), diagnostics_(diagnostics) {}

  void load(const base::Node& root, Document::Data& data);

 private:
  // loader_parameters.cpp
  std::vector<Parameter> parameters(const base::Node* node, std::string_view what);
  Parameter parameter(const base::Node::Entry& entry);
  void parameter_default(const base::Node* node, Parameter& parameter);
  void parameter_pattern(const base::Node* node, Parameter& parameter);

  // loader_steps.cpp
  std::vector<Step> steps(const base::Node* node, std::size_t nesting);
  Step step(const base::Node& node, std::size_t nesting);
  void step_action(base::MapReader& map, Step& step);
  void step_flow(base::MapReader& map, Step& step);
  void step_numbers(base::MapReader& map, Step& step);
  void step_inputs(const base::Node* node, Step& step, std::size_t nesting);
  void check_inputs(const Step& step);
  void loop_inputs(Step& step, std::size_t nesting);
  void branch_inputs(const Step& step);
  void choice(const base::Node& node, bool top);
  void step_outputs(const base::Node* node, Step& step);
  StepOutput step_output(const base::Node& node);
  Handler handler(const base::Node* node, std::string_view key, Handler fallback);
  bool truth(const base::Node* node, std::string_view key, bool fallback);

  std::vector<std::string> document_outputs(const base::Node* node);
  std::vector<Attachment> attachments(const base::Node* node);
  void error(std::string code, base::Position at, std::string what, std::string hint = {});
  void warning(std::string code, base::Position at, std::string what, std::string hint = {});

  std::string file_;
  base::Diagnostics& diagnostics_;
  std::size_t steps_read_ = 0;
};

}  // namespace setpoint::runbook
