using User.Layers;

return Comparison.Print(() => new Stack(hidden: 24, depth: 3), (stack, weights, device) => stack.LoadWeights(weights, device), (stack, x) => stack.Run(x), columns: 24);
