// What every command takes, and how it comes by an engine.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "cli/terminal.h"

namespace setpoint::engine {
class Controls;
class Engine;
}  // namespace setpoint::engine

namespace setpoint::cli {

struct GlobalOptions {
  std::string config;                                   // --config
  std::string home;                                     // --home
  std::string endpoint_url;                             // --endpoint-url: instead of the accounts' own
  std::vector<std::string> regions;                     // --region
  std::map<std::string, std::string> region_endpoints;  // --region-endpoint REGION=URL: before --endpoint-url
  std::string account;                                  // --account
  std::string fallback_account;      // connected where neither --account nor the configuration names one
  std::vector<std::string> content;  // --content
  std::string as;                    // --as: the identity; "" = the OS user
  bool json = false;
  bool yes = false;
  std::string identity() const;  // "user:NAME"
};

using OpenEngine = std::function<base::Result<std::unique_ptr<engine::Engine>>(const GlobalOptions& options)>;

// The controls alone: no database, no cloud.
using OpenControls = std::function<base::Result<std::unique_ptr<engine::Controls>>(const GlobalOptions& options)>;

// Checks authored files and folders; returns how many files.
using Lint =
    std::function<base::Result<std::size_t>(const std::vector<std::string>& paths, base::Diagnostics& diagnostics)>;

// Handed to every command; outlives the parsing.
struct Context {
  GlobalOptions options;
  OpenEngine open;
  OpenControls open_controls;
  Lint lint;
  std::function<std::vector<std::string>()> content_roots;
  std::string program;  // argv[0]
  Paint paint = Paint::for_stdout();
  int exit_code = 0;

  // Prints the error for people (or as JSON) and sets the exit code.
  void fail(const base::Error& error);
  // Opens the engine and hands it to `body`; what either returns is reported.
  void with_engine(const std::function<base::Status(engine::Engine&)>& body);
};

}  // namespace setpoint::cli
