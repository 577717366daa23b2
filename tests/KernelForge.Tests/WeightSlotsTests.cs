namespace KernelForge.Tests;

public class WeightSlotsTests
{
    private sealed class Block : ILayer
    {
        public Linear Query { get; } = new(2, 3);

        public Parameter Absent { get; } = new(3, present: false);

        public Linear NoGate { get; } = new(2, 3, present: false);

        void ILayer.DescribeWeights(WeightSlots slots)
        {
            slots.Add("query", Query, "attention.query", "attn.q");
            slots.Add("absent", Absent);
            slots.Add("gate", NoGate);
        }
    }

    private sealed class Model : ILayer
    {
        public Embedding Word { get; } = new(5, 2);

        public Parameter Slope { get; } = new(2, 4);

        public Linear Head { get; } = new(2, 5, bias: false, transposed: true);

        public Layers<Block> Layers { get; } = new(2, () => new Block());

        void ILayer.DescribeWeights(WeightSlots slots)
        {
            slots.Add("word", Word, "embeddings.word");
            slots.Add("slope", Slope);
            slots.Add("layers", Layers, "encoder.layer.{i}", "h.{i}");
            slots.Add("head", Head, "");
        }
    }

    private sealed class Stack(IReadOnlyList<ILayer> layers, params string[] names) : ILayer
    {
        void ILayer.DescribeWeights(WeightSlots slots) => slots.Add("layers", layers, names);
    }

    [Fact]
    public void Every_tensor_has_its_path_in_the_order_of_the_fields() =>
        Assert.Equal(
            [
                "word.weight", "slope", "layers[0].query.weight", "layers[0].query.bias",
                "layers[1].query.weight", "layers[1].query.bias", "head.weight",
            ],
            WeightSlots.Of(new Model()).Select(slot => slot.Path));

    [Fact]
    public void Names_are_the_outer_alternatives_times_the_inner_ones()
    {
        IReadOnlyList<WeightSlot> slots = WeightSlots.Of(new Model());
        Assert.Equal(["embeddings.word.weight"], slots[0].Names);
        Assert.Equal(["slope"], slots[1].Names);
        Assert.Equal(
            [
                "encoder.layer.1.attention.query.bias", "encoder.layer.1.attn.q.bias",
                "h.1.attention.query.bias", "h.1.attn.q.bias",
            ],
            slots[5].Names);
        Assert.Equal(["weight"], slots[6].Names);
    }

    [Fact]
    public void A_prefix_goes_before_every_name()
    {
        WeightSlot slot = WeightSlots.Of(new Model(), "bert")[0];
        Assert.Equal(["bert.embeddings.word.weight"], slot.Names);
        Assert.Equal("word.weight", slot.Path);
    }

    [Fact]
    public void Shapes_are_those_of_the_checkpoint()
    {
        IReadOnlyList<WeightSlot> slots = WeightSlots.Of(new Model());
        Assert.Equal([5, 2], slots[0].Shape);
        Assert.Equal([2, 4], slots[1].Shape);
        Assert.Equal([3, 2], slots[2].Shape);
        Assert.Equal([3], slots[3].Shape);
        Assert.Equal([2, 5], slots[6].Shape);
    }

    [Fact]
    public void Loading_the_slots_loads_the_parameters()
    {
        var model = new Model();
        IReadOnlyList<WeightSlot> slots = WeightSlots.Of(model);
        foreach (WeightSlot slot in slots)
        {
            int count = slot.Shape.Aggregate(1, (product, side) => product * side);
            slot.Load([.. Enumerable.Range(1, count).Select(n => (double)n)]);
        }
        Assert.Same(model.Layers[1].Query, slots[4].Leaf);
        Assert.Equal([1 + 2 + 1, 3 + 4 + 2, 5 + 6 + 3], model.Layers[1].Query[Some.Rows([1, 1])].Values.ToArray());
        Assert.Equal([7, 9, 11, 13, 15], model.Head[Some.Rows([1, 1])].Values.ToArray());
        Assert.Equal(8, model.Slope[1, 3]);
    }

    [Fact]
    public void Errors_name_the_path_once_it_is_known()
    {
        var model = new Model();
        IReadOnlyList<WeightSlot> slots = WeightSlots.Of(model);
        string unloaded = Assert.Throws<InvalidOperationException>(() => model.Layers[1].Query[Some.Rows([1, 1])]).Message;
        Assert.Contains("'layers[1].query.weight' is not loaded", unloaded, StringComparison.Ordinal);
        string misshapen = Assert.Throws<ArgumentException>(() => slots[5].Load(new double[2])).Message;
        Assert.Contains("'layers[1].query.bias' takes [3] = 3 numbers, got 2", misshapen, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_would_share_their_tensors_are_refused()
    {
        var layers = new Layers<Block>(2, () => new Block());
        Refuses.With<ArgumentException>(
            "the 2 layers of 'layers' would all be called 'encoder.layer'", () => WeightSlots.Of(new Stack(layers, "encoder.layer")));
    }

    [Fact]
    public void Without_names_a_stack_is_its_field_and_index() =>
        Assert.Equal(
            ["layers.0.attention.query.weight", "layers.0.attn.q.weight"],
            WeightSlots.Of(new Stack(new Layers<Block>(1, () => new Block())))[0].Names);

    [Theory]
    [InlineData(new long[] { 32, 128 }, 32, 128, true)]
    [InlineData(new long[] { 8, 4, 128 }, 32, 128, true)]
    [InlineData(new long[] { 8, 4, 128 }, 8, 512, true)]
    [InlineData(new long[] { 8, 4, 128 }, 16, 256, false)]
    [InlineData(new long[] { 1, 17, 128 }, 17, 128, true)]
    [InlineData(new long[] { 6, 5, 3 }, 6, 15, true)]
    [InlineData(new long[] { 15, 6 }, 6, 15, false)]
    [InlineData(new long[] { 6, 5, 1, 1 }, 6, 5, true)]
    [InlineData(new long[] { 6 }, 6, 1, true)]
    [InlineData(new long[] { 6 }, 1, 6, true)]
    [InlineData(new long[] { 6, 14 }, 6, 15, false)]
    [InlineData(new long[] { }, 1, 1, true)]
    [InlineData(new long[] { }, 2, 1, false)]
    [InlineData(new long[] { 0, 4 }, 4, 1, false)]
    [InlineData(new long[] { long.MaxValue, 2 }, 1, 1, false)]
    public void A_tensor_fits_where_one_of_its_sides_ends_with_the_rows(long[] sides, int rows, int columns, bool fits)
    {
        Linear linear = new(columns, rows, bias: false);
        foreach (object parameter in (object[])[new Parameter(rows, columns), linear, new Embedding(rows, columns)])
            Assert.Equal(fits, SlotOf(parameter).Fits("x", sides));
        Assert.Equal(fits, SlotOf(new Linear(rows, columns, bias: false, transposed: true)).Fits("x", sides));
    }

    [Theory]
    [InlineData(new long[] { 2, 3 }, true)]
    [InlineData(new long[] { 1, 1, 6 }, true)]
    [InlineData(new long[] { 5 }, false)]
    public void A_row_takes_its_numbers_however_they_are_divided(long[] sides, bool fits) =>
        Assert.Equal(fits, SlotOf(new Parameter(6)).Fits("x", sides));

    [Fact]
    public void A_bank_names_a_tensor_for_each_linear_or_one_for_all()
    {
        WeightSlot slot = SlotOf(new LinearBank(2, 3, 4, bias: false), "experts.{e}.up", "up");
        Assert.Equal(["experts.{e}.up.weight", "up.weight"], slot.Names);
        Assert.Equal(["experts.0.up.weight", "experts.1.up.weight"], slot.NamesOf(slot.Names[0]));
        Assert.Equal([4, 3], slot.ShapeUnder(slot.Names[0]));
        Assert.True(slot.Fits(slot.Names[0], [4, 3, 1]));
        Assert.Equal(["up.weight"], slot.NamesOf(slot.Names[1]));
        Assert.Equal([2, 4, 3], slot.ShapeUnder(slot.Names[1]));
        Assert.False(slot.Fits(slot.Names[1], [4, 3]));
    }

    [Fact]
    public void A_number_in_the_name_of_what_is_no_bank_is_refused() =>
        Refuses.With<ArgumentException>(
            "'x' is called 'experts.{e}.w.weight'", () => SlotOf(new Linear(2, 3, bias: false), "experts.{e}.w"));

    private static WeightSlot SlotOf(object parameter, params string[] names) => WeightSlots.Of(new One(parameter, names)).Single();

    private sealed class One(object parameter, string[] names) : ILayer
    {
        void ILayer.DescribeWeights(WeightSlots slots)
        {
            if (parameter is Parameter p) slots.Add("x", p, names);
            if (parameter is Linear l) slots.Add("x", l, names);
            if (parameter is Embedding e) slots.Add("x", e, names);
            if (parameter is LinearBank b) slots.Add("x", b, names);
        }
    }
}
