using System.Runtime.CompilerServices;
using ProbNet.Graph;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>
/// A value of the language in a model written in C#: a number, a tensor, or a size. Operators and functions check shapes as the text form does, for
/// all sizes of the dimensions, when the model is checked. Constants convert from <c>int</c> and <c>double</c>.
/// </summary>
/// <remarks>
/// Values belong to one evaluation of one model; they cannot be kept between evaluations, which <see cref="InvalidOperationException"/> tells.
/// </remarks>
public sealed class Tensor
{
    private readonly Session? _session;
    private readonly Value? _value;
    private readonly Func<Session, Value>? _compute;

    internal Tensor(Session session, Value value) => (_session, _value) = (session, value);

    private Tensor(Func<Session, Value> compute) => _compute = compute;

    /// <summary>The size of the last axis.</summary>
    public Tensor Features => Of("features", this);

    /// <summary>The size of the first axis.</summary>
    public Tensor Rows => Of("rows", this);

    /// <summary>The sizes of all axes, to be used as the shape of something else: <c>Normal(0, 1).Iid(x.Shape)</c>.</summary>
    /// <exception cref="InvalidOperationException">It is a constant, whose axes are known only inside a model.</exception>
    public Tensor[] Shape => _session is { } session ? Hosted.Items(Of("shape", this), session)
        : throw new InvalidOperationException("the shape of a constant is known only inside a model: write its sizes, or take the shape of a value computed from the model's arguments or draws");

    /// <summary>The number below which the integers of an index type <c>int&lt;c&gt;</c> lie, as a size.</summary>
    public Tensor Bound => Make([this], s => In(s) switch
    {
        Value.TensorOf { Bound: { } bound } => new Value.Static(bound, s.Clause),
        Value.Unknown unknown => unknown,
        var other => s.Evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, s.Clause, $"only integers of an index type have a bound, but this is {other.Describe()}", "declare the argument with ArgumentType.Index"),
    });

    /// <summary>Elements and slices, as <c>x.[i, *, a .. b]</c> in the text form; C# ranges exclude their end.</summary>
    /// <param name="positions">A position for each leading axis: a number (drops the axis), a tensor of indices, a range such as <c>1..^2</c>, or <see cref="Position.All"/>.</param>
    public Tensor this[params ReadOnlySpan<Position> positions] => Position.Apply(this, positions);

    /// <summary>The matrix product, <c>@</c> in the text form: [n, k] by [k, m] or [k].</summary>
    public Tensor MatMul(Tensor other, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var place = Session.Place(file, line, $"… MatMul …");
        return Make([this, other], s => s.At(place, () => s.Evaluate(x => new Binary(BinaryOperator.MatMul, x[0], x[1]) { OperatorSpan = place }, In(s), other.In(s))));
    }

    /// <summary>The last two axes exchanged.</summary>
    public Tensor Transpose() => Of("transpose", this);

    /// <summary>An integer constant or a size.</summary>
    public static implicit operator Tensor(int value) => new(s => new Value.Static(Dim.Of(value), s.Clause));

    /// <summary>A real constant.</summary>
    public static implicit operator Tensor(double value) => new(s => s.Evaluator.Trace.Real(value));

    /// <summary>-x.</summary>
    public static Tensor operator -(Tensor x) => Make([x], s => s.Evaluate(o => new Unary(UnaryOperator.Negate, o[0]), x.In(s)));

    /// <summary>The sum, elementwise.</summary>
    public static Tensor operator +(Tensor x, Tensor y) => Two(BinaryOperator.Add, x, y);

    /// <summary>The difference, elementwise.</summary>
    public static Tensor operator -(Tensor x, Tensor y) => Two(BinaryOperator.Subtract, x, y);

    /// <summary>The product, elementwise.</summary>
    public static Tensor operator *(Tensor x, Tensor y) => Two(BinaryOperator.Multiply, x, y);

    /// <summary>The quotient, elementwise.</summary>
    public static Tensor operator /(Tensor x, Tensor y) => Two(BinaryOperator.Divide, x, y);

    /// <summary>Whether less, elementwise.</summary>
    public static Tensor operator <(Tensor x, Tensor y) => Two(BinaryOperator.Less, x, y);

    /// <summary>Whether greater, elementwise.</summary>
    public static Tensor operator >(Tensor x, Tensor y) => Two(BinaryOperator.Greater, x, y);

    /// <summary>Whether less or equal, elementwise.</summary>
    public static Tensor operator <=(Tensor x, Tensor y) => Two(BinaryOperator.LessEqual, x, y);

    /// <summary>Whether greater or equal, elementwise.</summary>
    public static Tensor operator >=(Tensor x, Tensor y) => Two(BinaryOperator.GreaterEqual, x, y);

    /// <summary>The value in an evaluation.</summary>
    internal Value In(Session session)
    {
        if (_compute is not null) return session.Constant(this, _compute);
        return ReferenceEquals(_session, session) ? _value! : throw new InvalidOperationException(
            "a value of one evaluation of a model is used in another: its body runs once to check it and once for each elaboration, with new values each time. "
            + "Compute values in the body or in functions that it calls; only constants, such as numbers and Zeros(3), can be kept in fields and captured variables");
    }

    /// <summary>A value computed from others: at once if any of them belongs to an evaluation, else when it is used in one.</summary>
    internal static Tensor Make(ReadOnlySpan<Tensor> from, Func<Session, Value> compute)
    {
        foreach (var part in from)
        {
            if (part._session is { } session) return new(session, compute(session));
        }
        return new(compute);
    }

    /// <summary>A library function of tensors.</summary>
    internal static Tensor Of(string function, params Tensor[] arguments) => Make(arguments, s => s.Call(function, Array.ConvertAll(arguments, a => a.In(s))));

    /// <summary>An operator of two operands.</summary>
    internal static Tensor Two(BinaryOperator op, Tensor x, Tensor y) => Make([x, y], s => s.Evaluate(o => new Binary(op, o[0], o[1]) { OperatorSpan = s.Clause }, x.In(s), y.In(s)));
}
