using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Tests.Spec;

/// <summary>A layer and a function that contain every kind of field, statement and expression at least once.</summary>
internal static class EveryForm
{
    public static LayerSpec Layer { get; } = new(
        Id: "Demo.Outer.Block",
        Namespace: "Demo",
        Name: "Block",
        ContainingTypes: ["public static partial class Outer"],
        Declaration: "public sealed partial class Block",
        Kind: LayerKind.Model,
        HyperParameters:
        [
            new("hidden", ValueKind.Integer, "int", IsNullable: false, ["hidden_size", "text.\"d\""], Default: null),
            new("epsilon", ValueKind.Real, "double", IsNullable: true, ["eps"], new NullExpr()),
            new("scale", ValueKind.Real, "float", IsNullable: false, [], new NumberExpr(1e-5, IsInteger: false)),
            new("kind", ValueKind.Text, "string", IsNullable: false, [], new TextExpr("a\\b\n\t\"c\"")),
        ],
        Fields:
        [
            new ParameterField("gamma", ["gamma", "weight"], Rows: null, Hyper("hidden"), Present: null),
            new ParameterField("table", ["table"], Integer(32), Hyper("hidden"), new BoolExpr(true)),
            new LinearField("query", ["attention.query"], Hyper("hidden"), Hyper("hidden"), new BoolExpr(false), Transposed: null)
            {
                Precision = ProductPrecision.Float32,
            },
            new LinearField("gate", ["gate"], Hyper("hidden"), Hyper("hidden"), Bias: null, Transposed: null, new BoolExpr(true)),
            new LinearBankField(
                "experts", ["experts.{e}.w1", "experts"], Integer(8), Hyper("hidden"), Integer(64), new BoolExpr(false), Transposed: null),
            new EmbeddingField("words", ["words"], Integer(30522), Hyper("hidden")),
            new LayerField("norm", ["norm"], "KernelForge.LayerNorm", [new(null, Hyper("hidden")), new("bias", new BoolExpr(false))]),
            new LayersField("blocks", ["blocks.{i}"], "Demo.Inner", Hyper("hidden"), "index", [new(null, Local("index"))]),
            new LayersField("others", ["others.{i}"], "Demo.Inner", Hyper("hidden"), IndexName: null, []),
            new ValueField("headDim", ValueKind.Integer, new BinaryExpr(BinaryOp.Divide, Hyper("hidden"), Integer(12))),
        ],
        Methods:
        [
            new("Forward", IsEntry: true, IsIndexer: false, [new("ids", ValueKind.TokenIds)], [ValueKind.Tokens, ValueKind.Tokens],
            [
                new AssignStatement(["x"], new IndexExpr(Field("words"), [new MemberExpr(Local("ids"), "Types")])),
                new AssignStatement(["a", "_"], Call(CallTarget.Op, "Split", new(null, Local("x")), new("parts", Integer(2)))),
                new IfStatement(
                    new BinaryExpr(
                        BinaryOp.And,
                        new UnaryExpr(UnaryOp.Not, new BoolExpr(true)),
                        new BinaryExpr(BinaryOp.Equal, Hyper("epsilon"), new NullExpr())),
                    [new AssignStatement(["x"], Call(CallTarget.Function, "KernelForge.Ops.Silu(Tokens)", new Argument(null, Local("x"))))],
                    []),
                new ForEachStatement("block", "blocks",
                    [new AssignStatement(["x"], new CallExpr(CallTarget.LayerMethod, "Forward", Local("block"), [new(null, Local("x"))]))]),
                new ForStatement("n", Integer(0), Hyper("hidden"),
                    [new AssignStatement(["x"], Call(CallTarget.OwnMethod, "Step", new Argument(null, Local("x"))))]),
                new AssignStatement(["y"], new ConditionalExpr(
                    new BinaryExpr(BinaryOp.Less, Hyper("hidden"), Integer(-3)), Local("x"), new UnaryExpr(UnaryOp.Negate, Local("x")))),
                new AssignStatement(["z"], Call(CallTarget.Op, "Attention", new Argument("score", new LambdaExpr(["s", "i"],
                    new BinaryExpr(
                        BinaryOp.Multiply, Local("s"), new ConvertExpr(ValueKind.Integer, new NumberExpr(0.1, IsInteger: false))))))),
                new AssignStatement(["rows"], new CallExpr(
                    CallTarget.Member, "WithLengths", new MemberExpr(Local("ids"), "Rows"), [new(null, Local("lengths"))])),
                new AssignStatement(["w"], Call(
                    CallTarget.Op, "Each", new(null, Local("rows")), new(null, Integer(1)), new(null, new LambdaExpr(["t", "f"], Call(
                        CallTarget.Op, "Sum", new(null, Integer(3)), new(null, new LambdaExpr(["n"],
                            Call(CallTarget.Host, "global::Demo.Outer.Block.Bucket", new Argument(null, Local("n")))
                                with { HostResult = ValueKind.Integer }))))))),
                new ReturnStatement(new TupleExpr([Local("y"), Local("z")])),
            ]),
            new("Step", IsEntry: false, IsIndexer: false, [new("x", ValueKind.Tokens) { Default = new NullExpr() }],
                [ValueKind.Tokens], [new ReturnStatement(Local("x"))]),
        ],
        Requirements: [new("position_embedding_type", [new TextExpr("absolute"), new NullExpr()])],
        IgnoredWeights: ["cls.*"])
    {
        Precision = ProductPrecision.BFloat16,
    };

    public static FunctionSpec Function { get; } = new(
        "Demo.Functions.Gate(Tokens, double)", "Gate",
        [new("x", ValueKind.Tokens), new("rows", ValueKind.RowSpace), new("limit", ValueKind.Real) { Default = new NumberExpr(7, IsInteger: false) }],
        ValueKind.Tokens,
        [new ReturnStatement(new BinaryExpr(BinaryOp.Multiply, Local("x"), Local("limit")))]);

    private static CallExpr Call(CallTarget target, string name, params Argument[] arguments) =>
        new(target, name, null, arguments.ToEquatableArray());

    private static NumberExpr Integer(int value) => new(value, IsInteger: true);

    private static NameExpr Local(string name) => new(name, NameKind.Local);

    private static NameExpr Field(string name) => new(name, NameKind.Field);

    private static NameExpr Hyper(string name) => new(name, NameKind.HyperParameter);
}
