// The second reading of a document: what its names refer to. Private to loader.cpp and lint.cpp.
#pragma once

#include "base/diagnostic.h"
#include "base/document.h"
#include "runbook/document_data.h"
#include "runbook/interpolation.h"

namespace setpoint::runbook {

class ApiCatalog;

// Jumps to steps, references to parameters, steps and variables, document outputs.
void check_references(const Document::Data& data, const base::Node& root, const std::string& file,
                      base::Diagnostics& diagnostics);

// Services, operations and members against the models.
void check_apis(const std::vector<Step>& steps, const std::string& file, const ApiCatalog& apis,
                base::Diagnostics& diagnostics);

// The call of a step that names Service and Api, references unresolved.
StaticCall raw_call(const Step& step);

// Whether the step writes an output of this name: its own `outputs` or those of its action.
bool writes(const Step& step, std::string_view output);
std::vector<std::string_view> outputs_of(const Step& step);

// Each text of the tree with its place, keys left out.
void for_each_text(const base::Node& node, const std::function<void(const base::Node&)>& visit);

// "{{ global:… }}" and "{{ automation:… }}" names that exist.
bool known_global(std::string_view name);
bool known_automation(std::string_view name);

// As the API models call it: AWS's own documents write "EC2" too.
std::string service_name(std::string text);

}  // namespace setpoint::runbook
