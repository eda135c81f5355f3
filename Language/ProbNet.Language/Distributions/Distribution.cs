using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// A family of distributions, as a declaration: what its parameters and support are, and how to build its log-density, draws and moments
/// as tensor expressions. Stateless; one instance a family, listed in <see cref="Registry"/>.
/// </summary>
/// <remarks>
/// Shapes. Arguments arrive broadcast to a common batch shape <c>b</c>: argument i has shape <c>b</c> followed by its event axes
/// (<see cref="Parameter.EventRank"/> of them). Values have shape <c>b</c> followed by the event shape; log-densities have shape <c>b</c>.
/// Independent repetition (<c>iid</c>) is outside: it only makes <c>b</c> longer.
/// Outside the support, log-densities are -inf; parameters outside theirs give NaN.
/// </remarks>
public abstract class Distribution
{
    /// <summary>The name in the language, e.g. <c>halfNormal</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The parameters, in the order of the language's arguments.</summary>
    public abstract EqArray<Parameter> Parameters { get; }

    /// <summary>Where values lie.</summary>
    public abstract Support Support { get; }

    /// <summary>
    /// The name of an integer before the parameters, known while checking, that is the size of all event axes of a value; null where the
    /// parameters' own event axes show it. Then this object is the family of one size.
    /// </summary>
    public virtual string? SizeParameter => null;

    /// <summary>The smallest size that <see cref="OfSize"/> takes.</summary>
    public virtual int SmallestSize => 1;

    /// <summary>The family of this name for values of another size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is below <see cref="SmallestSize"/>.</exception>
    public virtual Distribution OfSize(int size) => this;

    /// <summary>The number of event axes of a value: 0 for scalars, 1 for vectors.</summary>
    public virtual int EventRank => 0;

    /// <summary>The event shape, given the shapes of the arguments' event axes.</summary>
    public virtual Shape EventShape(EqArray<Shape> parameterEvents) => Shape.Scalar;

    /// <summary>The element type of values when computing in <paramref name="precision"/>: I64 for counts and labels.</summary>
    public virtual DType ValueType(DType precision) => precision;

    /// <summary>Whether <see cref="Sample"/> is differentiable in the parameters (a pathwise, or reparameterised, gradient).</summary>
    public virtual bool IsPathwise => true;

    /// <summary>
    /// log p(value | arguments), in nats: value <c>b + event</c> → <c>b</c>; -inf outside the support, NaN for illegal arguments.
    /// </summary>
    /// <remarks>
    /// The formula is evaluated at a value that is always inside the support and the result is replaced afterwards, so that neither the
    /// value nor the gradient of the branch not taken can be NaN.
    /// </remarks>
    public Tensor LogDensity(Tensor value, EqArray<Tensor> arguments)
    {
        Tensor Argument(string name) => arguments[IndexOf(name)];
        var outside = Membership.Outside(Support, value, Argument);
        var inside = outside is null ? value : Membership.Replace(Support, outside, value, Argument);
        var density = LogDensityInside(inside, arguments);
        if (outside is not null)
            density = Select(Membership.AnyLast(outside, outside.Rank - density.Rank), Like(density, double.NegativeInfinity), density);
        if (!GuardsArguments || Membership.AnyOutside(Parameters, arguments) is not { } illegal) return density;
        return Select(illegal, Like(density, double.NaN), density);
    }

    /// <summary>
    /// The formula of the log-density, for values inside the support and legal arguments. Shapes as in <see cref="LogDensity"/>.
    /// </summary>
    public abstract Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments);

    /// <summary>
    /// Whether <see cref="LogDensity"/> has to test the arguments. False where the formula itself gives NaN for illegal ones.
    /// </summary>
    public virtual bool GuardsArguments => true;

    /// <summary>
    /// Draws: the result has the shape of <c>random.Draw</c>, then <c>b</c>, then the event. Arguments have shape (draw shape + b +
    /// parameter event).
    /// </summary>
    public abstract Tensor Sample(RandomSource random, EqArray<Tensor> arguments);

    /// <summary>The mean, <c>b + event</c>, or null where there is none or no closed form.</summary>
    public virtual Tensor? Mean(EqArray<Tensor> arguments) => null;

    /// <summary>The variance of each component, <c>b + event</c>, or null.</summary>
    public virtual Tensor? Variance(EqArray<Tensor> arguments) => null;

    /// <summary>The differential or discrete entropy in nats, <c>b</c>, or null where there is no closed form.</summary>
    public virtual Tensor? Entropy(EqArray<Tensor> arguments) => null;

    /// <summary>
    /// P(X ≤ value), value <c>b</c> → <c>b</c>, of a scalar family; null where there is no closed form in the primitives.
    /// </summary>
    public virtual Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) => null;

    /// <summary>
    /// The value whose <see cref="Cdf"/> is <paramref name="probability"/> in (0, 1), <c>b</c> → <c>b</c>; null where there is no closed
    /// form.
    /// </summary>
    public virtual Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments) => null;

    /// <summary>Arguments and values at which the laws are checked: typical, near the boundary, far in the tail.</summary>
    /// <remarks>The first is typical: mild parameters, at which moments of all orders that the family can have are finite.</remarks>
    public abstract EqArray<Probe> Probes { get; }

    /// <summary>Laws this family is excused from, each with the reason.</summary>
    public virtual EqArray<Exemption> Exemptions => [];

    /// <summary>The position of the parameter of this name.</summary>
    internal int IndexOf(string parameter)
    {
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].Name == parameter) return i;
        }
        throw new System.Diagnostics.UnreachableException($"{Name} has no parameter '{parameter}'");
    }
}

/// <summary>A parameter of a family.</summary>
/// <param name="Name">As the documentation calls it: loc, scale, shape, rate, logits, …</param>
/// <param name="Support">The values it may take.</param>
/// <param name="EventRank">The number of its event axes: 0 scalar, 1 vector (logits), 2 matrix (a Cholesky factor).</param>
public sealed record Parameter(string Name, Support Support, int EventRank = 0);

/// <summary>Argument values (scalar batch) and values to evaluate the density at.</summary>
/// <param name="Arguments">One tensor a parameter, of the parameter's event shape, in f64.</param>
/// <param name="Values">Values in the support (a list of events) in f64 or I64.</param>
public sealed record Probe(EqArray<HostTensor> Arguments, EqArray<HostTensor> Values)
{
    /// <summary>Scalar arguments and real scalar values.</summary>
    public static Probe Scalars(ReadOnlySpan<double> arguments, ReadOnlySpan<double> values) => new(Reals(arguments), Reals(values));

    /// <summary>Scalar arguments and counts or truth values.</summary>
    public static Probe Counts(ReadOnlySpan<double> arguments, ReadOnlySpan<long> values) => new(Reals(arguments), EachInteger(values));

    /// <summary>One vector argument and labels.</summary>
    public static Probe Labels(ReadOnlySpan<double> argument, ReadOnlySpan<long> values) => new([Vector(argument)], EachInteger(values));

    /// <summary>A vector of reals, as one argument or value.</summary>
    public static HostTensor Vector(params ReadOnlySpan<double> elements) => HostTensor.FromDoubles(DType.F64, [elements.Length], elements);

    /// <summary>A vector of counts, as one value.</summary>
    public static HostTensor Integers(params ReadOnlySpan<long> elements) => HostTensor.Of([elements.Length], elements.ToArray());

    private static EqArray<HostTensor> Reals(ReadOnlySpan<double> values)
    {
        var result = new HostTensor[values.Length];
        for (var i = 0; i < result.Length; i++) result[i] = HostTensor.Scalar(DType.F64, values[i]);
        return result.ToEqArray();
    }

    private static EqArray<HostTensor> EachInteger(ReadOnlySpan<long> values)
    {
        var result = new HostTensor[values.Length];
        for (var i = 0; i < result.Length; i++) result[i] = HostTensor.Scalar(values[i]);
        return result.ToEqArray();
    }
}

/// <summary>A law that does not hold for a family, and why.</summary>
/// <param name="Law">The law's name, as the test that runs it is called.</param>
/// <param name="Reason">Why it cannot hold.</param>
public sealed record Exemption(string Law, string Reason);

/// <summary>A set of values: of a distribution, or of a parameter. A closed hierarchy.</summary>
public abstract record Support
{
    private Support() { }

    /// <summary>All reals.</summary>
    public sealed record Real : Support;

    /// <summary>Reals above 0.</summary>
    public sealed record Positive : Support;

    /// <summary>Reals from 0 (a scale that may be zero, a half-distribution's value).</summary>
    public sealed record NonNegative : Support;

    /// <summary>The open interval (0, 1).</summary>
    public sealed record UnitInterval : Support;

    /// <summary>The closed interval [0, 1]: a probability that may be certain.</summary>
    public sealed record Probability : Support;

    /// <summary>0 or 1.</summary>
    public sealed record Binary : Support;

    /// <summary>0 … k-1, where k is the size of the named parameter's event axis, plus <see cref="More"/>.</summary>
    public sealed record Category(string Parameter) : Support
    {
        /// <summary>How many labels there are beyond the entries of the parameter: 1 where they are the cuts between labels.</summary>
        public int More { get; init; }
    }

    /// <summary>Vectors with a single 1 and zeros.</summary>
    public sealed record OneHot : Support;

    /// <summary>0, 1, 2, ….</summary>
    public sealed record Count : Support;

    /// <summary>0, 1, …, m, where m is the value of the named parameter.</summary>
    public sealed record CountUpTo(string Parameter) : Support;

    /// <summary>Vectors of counts whose sum is the value of the named parameter.</summary>
    public sealed record CountsSummingTo(string Parameter) : Support;

    /// <summary>Vectors of reals.</summary>
    public sealed record RealVector : Support;

    /// <summary>Lower-triangular matrices with positive diagonal.</summary>
    public sealed record LowerCholesky : Support;

    /// <summary>Lower-triangular matrices with positive diagonal and rows of length 1: Cholesky factors of correlation matrices.</summary>
    public sealed record CorrelationCholesky : Support;

    /// <summary>Vectors of reals none of which is below the one before it.</summary>
    public sealed record Ordered : Support;

    /// <summary>Probability vectors: no component below 0, sum 1.</summary>
    public sealed record Simplex : Support;

    /// <summary>Reals from one limit to the other, both included.</summary>
    public sealed record Interval(Limit Low, Limit High) : Support;

    /// <summary>Reals above the limit.</summary>
    public sealed record Above(Limit Low) : Support;

    /// <summary>Reals from the limit upwards.</summary>
    public sealed record AtLeast(Limit Low) : Support;

    /// <summary>Reals up to the limit.</summary>
    public sealed record AtMost(Limit High) : Support;

    /// <summary>Whether the ends of the support are values of parameters, so that it moves with them.</summary>
    public bool MovesWithArguments => this switch
    {
        Interval(var low, var high) => low.Parameter is not null || high.Parameter is not null,
        Above(var low) => low.Parameter is not null,
        AtLeast(var low) => low.Parameter is not null,
        AtMost(var high) => high.Parameter is not null,
        _ => false,
    };

    /// <summary>Whether values are discrete, so that there is no bijection from the reals.</summary>
    public bool IsDiscrete => this is Binary or Category or OneHot or Count or CountUpTo or CountsSummingTo;
}
