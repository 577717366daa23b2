return await KernelForge.Cli.CommandLine.RunAsync(args);
