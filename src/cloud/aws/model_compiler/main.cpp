// setpoint_aws_model_compiler <folder of models> <source text> <out>: the build step that makes aws-models.bin.
#include <cstdio>

#include "base/file.h"
#include "cloud/aws/model_file.h"
#include "cloud/aws/model_json.h"

namespace {

using namespace setpoint;

base::Result<std::string> compile(const char* folder, const char* source_text) {
  TRY(std::vector<cloud::aws::ModelSource> sources, cloud::aws::scan_model_folder(folder));
  std::vector<std::shared_ptr<cloud::aws::ServiceModel>> models;
  for (const cloud::aws::ModelSource& source : sources) {
    TRY(std::shared_ptr<cloud::aws::ServiceModel> model, cloud::aws::load_model(source));
    models.push_back(std::move(model));
  }
  if (models.empty()) return base::fail(base::ErrorCode::not_found, "no AWS model in {}", folder);
  return cloud::aws::write_model_file(source_text, models);
}

int report(const base::Error& error) {
  std::fprintf(stderr, "setpoint_aws_model_compiler: %s\n", error.text().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: setpoint_aws_model_compiler <folder of models> <source text> <out>\n");
    return 2;
  }
  auto bytes = compile(argv[1], argv[2]);
  if (!bytes) return report(bytes.error());
  if (auto written = base::write_file_durably(argv[3], *bytes); !written) return report(written.error());
  std::printf("%s: %zu bytes from %s\n", argv[3], bytes->size(), argv[2]);
  return 0;
}
