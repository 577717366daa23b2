return await SemanticSearch.CommandLine.RunAsync(args);
