using User.Layers;

return Comparison.Print(() => new GatedUnit(hidden: 24, inner: 40), (unit, weights, device) => unit.LoadWeights(weights, device), (unit, x) => unit.Run(x), columns: 24);
