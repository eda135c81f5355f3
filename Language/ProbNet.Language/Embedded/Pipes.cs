namespace ProbNet.Language.Embedded;

/// <summary>The pipe: <c>x | Relu | Dense(64)</c> is <c>x |&gt; relu |&gt; dense 64</c> in the text form.</summary>
public static class Pipes
{
    extension<T, R>(T)
    {
        /// <summary>Applies a function to what stands before it.</summary>
        public static R operator |(T x, Func<T, R> function) => function(x);
    }
}
