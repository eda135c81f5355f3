namespace ProbNet.Language.Evaluation;

/// <summary>Names that other languages and libraries have for what the language says otherwise.</summary>
internal static class ForeignNames
{
    private static readonly IReadOnlyDictionary<string, string> Hints = new Dictionary<string, string>
    {
        ["sample"] = "`let!` draws: let! x = normal 0.0 1.0",
        ["plate"] = "independent repetition is written iid: normal 0.0 1.0 |> iid [n]",
        ["len"] = "the size of the first axis of a tensor is rows x, of the last features x; a list has length xs",
        ["size"] = "the size of the first axis of a tensor is rows x, of the last features x; a list has length xs",
        ["matmul"] = "a matrix product is written a @ b",
        ["dot"] = "a product of matrices or vectors is written a @ b",
        ["expit"] = "it is called sigmoid",
        ["inv_logit"] = "it is called sigmoid",
        ["gaussian"] = "it is called normal",
        ["multi_normal"] = "it is called multivariateNormal, and takes the mean and the Cholesky factor of the covariance",
        ["multi_normal_cholesky"] = "it is called multivariateNormal",
        ["inv_gamma"] = "it is called inverseGamma",
        ["lkj_corr_cholesky"] = "it is called lkjCholesky, and takes the dimension first: lkjCholesky 3 2.0",
        ["bernoulli_logit"] = "bernoulli takes logits",
        ["categorical_logit"] = "categorical takes logits",
        ["poisson_log"] = "poisson takes a rate: poisson (exp eta)",
        ["cat"] = "tensors are joined with concat: concat 0 [a; b]",
        ["stack"] = "tensors are joined with concat: concat 0 [a; b]",
        ["concatenate"] = "tensors are joined with concat: concat 0 [a; b]",
        ["range"] = "a list of numbers is written [0 .. k - 1]",
        ["True"] = "it is written true",
        ["False"] = "it is written false",
    };

    // Prefixes of array libraries.
    private static readonly IReadOnlySet<string> Libraries = new HashSet<string> { "np", "numpy", "jnp", "jax", "torch", "tf", "F", "nn", "math", "dist", "pyro", "numpyro", "pm" };

    /// <summary>What to write instead of a name that is not defined, or null.</summary>
    public static string? Hint(string name)
    {
        if (Hints.TryGetValue(name, out var hint)) return hint;
        var dot = name.IndexOf('.');
        if (!Libraries.Contains(dot < 0 ? name : name[..dot])) return null;
        return dot < 0 ? "functions and distributions of the library need no prefix: exp x, normal 0.0 1.0" : $"functions and distributions of the library need no prefix: {name[(dot + 1)..]}";
    }

    /// <summary>What to write instead of a field of a tensor.</summary>
    public static string Member(string field) => field switch
    {
        "T" or "mT" => "the transpose is written transpose x",
        "shape" or "size" => "the size of the first axis is rows x, of the last features x, and all of them are shape x",
        _ => $"functions stand before what they are applied to: {field} x; an index is written x.[i]",
    };
}
