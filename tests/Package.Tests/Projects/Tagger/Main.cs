Console.WriteLine(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "cubins")) ? "kernels came along" : "no kernels came along");
