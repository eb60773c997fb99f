#include "runbook/document.h"

#include "runbook/document_data.h"

namespace setpoint::runbook {

std::string Handler::text() const {
  switch (kind) {
    case Kind::abort:
      return "Abort";
    case Kind::proceed:
      return "Continue";
    case Kind::step:
      return "step:" + step;
  }
  return "Abort";
}

Document::Document(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

const std::string& Document::name() const { return data_->name; }
const base::Digest& Document::digest() const { return data_->digest; }
const base::Json& Document::content() const { return data_->content; }
const std::string& Document::description() const { return data_->description; }
const std::string& Document::assume_role() const { return data_->assume_role; }
const std::vector<Parameter>& Document::parameters() const { return data_->parameters; }
const std::vector<Variable>& Document::variables() const { return data_->variables; }
const std::vector<Step>& Document::steps() const { return data_->steps; }
const std::vector<std::string>& Document::outputs() const { return data_->outputs; }
const std::vector<Attachment>& Document::attachments() const { return data_->attachments; }

const Parameter* Document::parameter(std::string_view name) const {
  for (const Parameter& parameter : data_->parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

const Step* Document::step(std::string_view name) const {
  auto found = data_->by_name.find(name);
  return found == data_->by_name.end() ? nullptr : found->second;
}

void for_each_step(const std::vector<Step>& steps, const std::function<void(const Step&)>& visit) {
  for (const Step& step : steps) {
    visit(step);
    for_each_step(step.body, visit);
  }
}

}  // namespace setpoint::runbook
