using ProbNet.Graph;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Syntax;

/// <summary>Random syntax, of every form the grammar can produce; sizes shrink with depth.</summary>
internal sealed class AstGenerator(Random random)
{
    private static readonly string[] Names = ["a", "b", "x1", "meanField", "h_2", "x'", "model", "guide", "data", "infer", "real", "list", "X", "Weights", "_hidden", "Priors.horseshoe", "A.B.c", "A.B"];
    private static readonly string[] Fields = ["loc", "scale", "Rate", "w'", "data", "model"];
    private static readonly string[] Strings = ["", "iris.csv", "*.w", "quote \" and \\ back", "line\nbreak\ttab", "\u00e9\u4e2d\U0001F600", "\u0001\uE000\uFEFF", "// (* no comment"];
    private static readonly double[] Reals = [0.0, 1.0, 0.5, 1e-3, 1e300, 5e-324, 123456.789, 2.5, 1e22];

    public Program Program() => new(Maybe() ? "Test" : Maybe() ? "Deep.Module" : null, Many(0, 4, () => Declaration()));

    public Declaration Declaration()
    {
        var doc = random.Next(4) switch { 0 => "One line.", 1 => "First.\n\n  indented line\n/ slash", _ => "" };
        return random.Next(7) switch
        {
            0 => new Declaration.Open(Pick(["Priors", "A.B"])) { Doc = doc },
            1 => new Declaration.Let(Binding(4)) { Doc = doc },
            2 => new Declaration.Model(Local(), Many(0, 2, Local), Many(0, 3, ModelParameter), Body(4)) { Doc = doc },
            3 => new Declaration.Guide(Local(), Many(1, 3, () => new GuideClause(Expression(3), Maybe() ? Pick(Strings) : null))) { Doc = doc },
            4 => new Declaration.GuideProgram(Local(), Local(), Many(0, 3, GuideParameter), Body(4)) { Doc = doc },
            5 => new Declaration.Infer(Local(), Body(4)) { Doc = doc },
            _ => new Declaration.Data(Local(), Body(4)) { Doc = doc },
        };
    }

    /// <summary>What may follow an equals sign or an arrow: an expression or a block.</summary>
    private Expr Body(int depth) => depth > 0 && random.Next(4) == 0 ? Block(depth) : Expression(depth);

    private Block Block(int depth) => new(Many(1, 2, () => Binding(depth - 1)), Expression(depth - 1));

    private LetBinding Binding(int depth)
    {
        var pattern = Pattern(2);
        return new(pattern, pattern is Pattern.Variable ? Many(0, 3, Parameter) : [], Body(depth - 1));
    }

    public Expr Expression(int depth)
    {
        if (depth <= 0) return Leaf();
        return random.Next(17) switch
        {
            0 or 1 => Application(depth),
            2 => new Unary(Maybe() ? UnaryOperator.Negate : UnaryOperator.Not, Expression(depth - 1)),
            3 or 4 or 5 => new Binary(Pick(Operators.Binary.ToArray()).Operator, Expression(depth - 1), Expression(depth - 1)),
            6 => new Lambda(Many(1, 3, Parameter), Body(depth - 1)),
            7 => new If(Expression(depth - 1), Body(depth - 1), Body(depth - 1)),
            8 => new ListLiteral(Many(0, 3, () => Expression(depth - 1))),
            9 => new TupleLiteral(Many(2, 3, () => Expression(depth - 1))),
            10 => Record(depth),
            11 => new Language.Syntax.Index(Expression(depth - 1), Many(1, 3, () => IndexItem(depth - 1))),
            12 => new Member(Expression(depth - 1), Pick(Fields)),
            13 => Block(depth),
            15 => new RangeLiteral(Expression(depth - 1), Expression(depth - 1)),
            14 => new Prob(Many(0, 3, () => Statement(depth - 1)).Add(Maybe() ? new Statement.Return(Expression(depth - 1)) : new Statement.ReturnBang(Expression(depth - 1)))),
            _ => Leaf(),
        };
    }

    private Apply Application(int depth)
    {
        Expr function;
        do function = Expression(depth - 1);
        while (function is Apply or IntLiteral or FloatLiteral or StringLiteral or BoolLiteral or UnitLiteral or ListLiteral or TupleLiteral or RecordLiteral);
        return new(function, Many(1, 3, () => Expression(depth - 1)));
    }

    private RecordLiteral Record(int depth) =>
        new(Many(0, 3, () => new Field(Pick(Fields), Expression(depth - 1))).DistinctBy(f => f.Name).ToEqArray());

    private IndexItem IndexItem(int depth) => random.Next(5) switch
    {
        0 => new IndexItem.All(),
        1 => new IndexItem.Range(Expression(depth), null),
        2 => new IndexItem.Range(null, Expression(depth)),
        3 => new IndexItem.Range(Expression(depth), Expression(depth)),
        _ => new IndexItem.At(Expression(depth)),
    };

    private Statement Statement(int depth) => random.Next(4) switch
    {
        0 => new Statement.Let(Binding(depth)),
        1 => new Statement.DoBang(Expression(depth)),
        _ => new Statement.LetBang(Pattern(2), Body(depth)),
    };

    private Expr Leaf() => random.Next(8) switch
    {
        0 => new IntLiteral(Pick([0L, 1L, 64L, long.MaxValue])),
        1 => new FloatLiteral(Pick(Reals)),
        2 => new StringLiteral(Pick(Strings)),
        3 => new BoolLiteral(Maybe()),
        4 => new UnitLiteral(),
        _ => new Name(Pick(Names)),
    };

    private Pattern Pattern(int depth) => random.Next(5) switch
    {
        0 when depth > 0 => new Pattern.Tuple(Many(2, 3, () => Pattern(depth - 1))),
        1 => new Pattern.Wildcard(),
        _ => new Pattern.Variable(Local()),
    };

    private Parameter Parameter() => new(Pattern(2), Maybe() ? Type() : null);

    private Parameter GuideParameter() => new(new Pattern.Variable(Local()), Maybe() ? Type() : null);

    private Parameter ModelParameter() => GuideParameter() is { Type: not null } typed && Maybe() ? typed with { Default = Expression(2) } : GuideParameter();

    private TypeExpr Type() => random.Next(4) switch
    {
        0 => random.Next(4) switch { 0 => new TypeExpr.List(null), 1 => new TypeExpr.Text(), _ => new TypeExpr.List(Dimension(2)) },
        1 => new TypeExpr.Tensor("int", Dimension(2), Many(0, 2, () => Dimension(2))),
        _ => new TypeExpr.Tensor(Pick(["real", "int", "bool"]), null, Many(0, 3, () => Dimension(2))),
    };

    private Expr Dimension(int depth) => depth == 0 || Maybe()
        ? Maybe() ? new Name(Pick(["n", "d", "real"])) : new IntLiteral(random.Next(9))
        : new Binary(Pick([BinaryOperator.Add, BinaryOperator.Subtract, BinaryOperator.Multiply, BinaryOperator.Divide]), Dimension(depth - 1), Dimension(depth - 1));

    private string Local() => Pick(["a", "b", "x1", "meanField", "h_2", "x'", "model", "data", "real", "W"]);

    private bool Maybe() => random.Next(2) == 0;

    private T Pick<T>(T[] items) => items[random.Next(items.Length)];

    private EqArray<T> Many<T>(int least, int most, Func<T> make) => Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => make()).ToArray().ToEqArray();
}
