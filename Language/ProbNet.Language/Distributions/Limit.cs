using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>An end of an interval: the value of a parameter of the distribution, or a number.</summary>
public readonly record struct Limit
{
    private Limit(string? parameter, double number) => (Parameter, Number) = (parameter, number);

    /// <summary>The name of the parameter, or null for a number.</summary>
    public string? Parameter { get; }

    /// <summary>The number, where there is no parameter.</summary>
    public double Number { get; }

    /// <summary>The value of a parameter.</summary>
    public static implicit operator Limit(string parameter) => new(parameter, 0);

    /// <summary>A number.</summary>
    public static implicit operator Limit(double number) => new(null, number);

    /// <summary>The limit as a tensor of the type of <paramref name="like"/> that broadcasts to its shape.</summary>
    internal Tensor At(Tensor like, Func<string, Tensor>? argument) => Parameter is null ? Like(like, Number) : argument!(Parameter);

    /// <summary>The limit among literal arguments, by name; null where it is not known.</summary>
    internal double? In(Func<string, double?> literal) => Parameter is null ? Number : literal(Parameter);

    /// <inheritdoc/>
    public override string ToString() => Parameter ?? Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
